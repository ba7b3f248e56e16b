package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import io.vertx.core.Future;
import java.util.List;

/**
 * What is committed but perhaps not yet in the stream. The committed rows are the outbox; this is
 * how the relay hears of them at once and says how far it has come. Only conversations that this
 * node owns are seen here.
 */
public interface Outbox {
  /**
   * Hears of committed changes, in the order of each conversation's numbers, on the log's context.
   */
  interface Listener {
    /**
     * These changes are committed. {@code after} is the number before the first of them: where it
     * is not what the listener saw last, the listener reads what lies between.
     */
    void committed(ConversationId conversation, long after, List<Change> changes);

    /**
     * The conversation is no longer this node's; whatever is not in the stream is its next owner's
     * to publish.
     */
    void lost(ConversationId conversation);
  }

  /** Sets the one listener; before the first shard is taken. */
  void subscribe(Listener listener);

  /** Everything up to here is in the stream. Stored lazily, at the end of a group. */
  void published(ConversationId conversation, Position position);

  /**
   * Committed changes from a number on, for a listener that has fallen behind. Fails when the
   * conversation is lost.
   */
  Future<List<Change>> read(ConversationId conversation, long from, int limit);
}
