package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/**
 * What was done to messages after they were sent, kept where the messages lie. An acknowledged
 * edit, delete or reaction is here. Reads and writes are at quorum.
 */
public interface Amendments {
  /**
   * What was done to the messages with numbers {@code from} ≤ n ≤ {@code to}, by message, then in
   * the order of the log. {@code to} must be committed; an amendment may be of a number that is not
   * settled yet.
   */
  Future<List<Amendment>> of(ConversationId conversation, long from, long to);

  /**
   * Stores these, which are committed; may be repeated. A failed future means that some may be
   * stored.
   */
  Future<Void> store(ConversationId conversation, Collection<Change> amendments);
}
