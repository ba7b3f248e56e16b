package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.List;

/**
 * What must be done with committed changes before they are acknowledged and published: membership
 * rows, for instance. Called in order of numbers, one call at a time a conversation, repeated until
 * it succeeds and again after a take-over: it must be idempotent.
 */
public interface Settler {
  Future<Void> settle(ConversationId conversation, List<Change> changes);
}
