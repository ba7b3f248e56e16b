package chat.parley.gateway;

import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Knows the sessions that were made known to it. */
final class FakeRegistry implements DeviceRegistry {
  final Set<String> sessions = ConcurrentHashMap.newKeySet();

  /** Entries come to be and their maker does not hear of it. */
  volatile boolean away;

  @Override
  public Future<Void> register(UserId user, DeviceId device, String sessionId) {
    sessions.add(sessionId);
    return away ? Future.failedFuture("the grid does not answer") : Future.succeededFuture();
  }

  @Override
  public Future<Void> unregister(UserId user, DeviceId device, String sessionId) {
    sessions.remove(sessionId);
    return Future.succeededFuture();
  }

  @Override
  public Future<Map<UserId, Set<String>>> gatewaysOf(Collection<UserId> users) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> openGateway() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> closeGateway() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Boolean> isGatewayOpen(String node) {
    throw new UnsupportedOperationException();
  }
}
