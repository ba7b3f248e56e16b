package chat.parley.registry;

import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which gateways want the changes of which large conversations: those that hold a device of at
 * least one member. One entry a gateway and conversation, however many members there are. Soft
 * state with an end time, said again while it holds: a hint for where to deliver, never a fact
 * about what was delivered.
 */
public interface Interests {
  /**
   * This node's gateway wants the conversation's changes. Completes when every node's look-up sees
   * it: a change that is fanned out afterwards comes here, one before may have passed. Whoever it
   * completes for takes it back with {@link #remove}, once: the last one ends it.
   */
  Future<Void> add(ConversationId conversation);

  /** One of those for whom it was wanted wants it no more. */
  Future<Void> remove(ConversationId conversation);

  /** The gateways, alive now, that want the changes of each; one entry for each that was asked. */
  Future<Map<ConversationId, Set<String>>> interestedIn(Collection<ConversationId> conversations);

  /**
   * Calls back (on any thread) with each conversation that this node wants and whose entry was
   * lost: changes of it may have passed.
   */
  void onLost(Consumer<ConversationId> listener);
}
