package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of all users' inboxes: a projection of the stream that may lag behind the log and never
 * leads it. It holds no text: what a message says is read from the log when it is shown, so that a
 * message that is edited or deleted is so here at the same moment, without a second place that has
 * to be told.
 */
public interface InboxRows {
  /** The rows in Cassandra; completes when its statements are prepared. */
  static Future<InboxRows> over(CassandraSession session) {
    return CassandraInboxRows.prepare(session);
  }

  /**
   * Writes these down; completes when all are durable. A note of an older change alters nothing of
   * what later ones have brought, and a repeated one nothing at all. Of the same change a position
   * outweighs that the row must not be relied on.
   */
  Future<Void> note(Collection<InboxNote> notes);

  /** All rows of a user; one partition read. */
  Future<Map<ConversationId, InboxRow>> ofUser(UserId user);

  /** One row. */
  Future<Optional<InboxRow>> of(UserId user, ConversationId conversation);
}
