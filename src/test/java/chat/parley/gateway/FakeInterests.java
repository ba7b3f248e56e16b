package chat.parley.gateway;

import chat.parley.model.ConversationId;
import chat.parley.registry.Interests;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The interests of one gateway, which may take their time. */
final class FakeInterests implements Interests {
  final Set<ConversationId> wanted = ConcurrentHashMap.newKeySet();
  final List<Consumer<ConversationId>> listeners = new CopyOnWriteArrayList<>();

  /** Until it has completed nobody knows of a new interest. */
  volatile Future<Void> gate = Future.succeededFuture();

  @Override
  public Future<Void> add(ConversationId conversation) {
    return gate.onSuccess(known -> wanted.add(conversation));
  }

  @Override
  public Future<Void> remove(ConversationId conversation) {
    wanted.remove(conversation);
    return Future.succeededFuture();
  }

  @Override
  public Future<Map<ConversationId, Set<String>>> interestedIn(
      Collection<ConversationId> conversations) {
    throw new UnsupportedOperationException("a gateway does not ask");
  }

  @Override
  public void onLost(Consumer<ConversationId> listener) {
    listeners.add(listener);
  }
}
