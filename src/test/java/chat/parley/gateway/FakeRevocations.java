package chat.parley.gateway;

import chat.parley.auth.Revocations;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Revocations in memory. */
final class FakeRevocations implements Revocations {
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();

  @Override
  public boolean isRevoked(String family) {
    return revoked.contains(family);
  }

  @Override
  public Future<Void> revoke(String family) {
    revoked.add(family);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> refresh() {
    return Future.succeededFuture();
  }
}
