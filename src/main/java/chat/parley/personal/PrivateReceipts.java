package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.ReceiptChoice;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Map;

/**
 * Who does not want the others in a conversation to be told how far they are: what they have, and
 * what they have read. It is a choice for all of a user's conversations, and one for each. The
 * cursors themselves are stored as ever, for the user's own devices.
 */
public interface PrivateReceipts {
  /** The choices in Cassandra; completes when their statements are prepared. */
  static Future<PrivateReceipts> over(CassandraSession session) {
    return CassandraPrivateReceipts.prepare(session);
  }

  /**
   * A user's choices.
   *
   * @param everywhere what holds where nothing else is chosen
   * @param here where something else is
   */
  record Choices(boolean everywhere, Map<ConversationId, Boolean> here) {
    /** Of somebody who has never chosen. */
    public static final Choices NONE = new Choices(false, Map.of());

    public Choices {
      here = Map.copyOf(here);
    }

    /** Whether nobody else is told of receipts of this conversation. */
    public boolean hides(ConversationId conversation) {
      return here.getOrDefault(conversation, everywhere);
    }
  }

  /** All that the user has chosen; one partition read. */
  Future<Choices> of(UserId user);

  /** What is to hold for all conversations; completes when it is durable. The last one counts. */
  Future<Void> everywhere(UserId user, boolean hidden);

  /** What is to hold for one; completes when it is durable. The last one counts. */
  Future<Void> here(UserId user, ConversationId conversation, ReceiptChoice choice);
}
