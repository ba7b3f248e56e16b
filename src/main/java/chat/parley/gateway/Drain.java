package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/**
 * Sends all devices elsewhere before the node stops: each is told to come back after a moment of
 * its own, so that the other nodes do not get all of them at once.
 */
final class Drain {
  private static final long STEP_MS = 50;

  private final Vertx vertx;
  private final Connections connections;
  private final GatewaySettings settings;
  private final InstantSource steady;
  private final RandomGenerator random;

  Drain(
      Vertx vertx,
      Connections connections,
      GatewaySettings settings,
      InstantSource steady,
      RandomGenerator random) {
    this.vertx = vertx;
    this.connections = connections;
    this.settings = settings;
    this.steady = steady;
    this.random = random;
  }

  /**
   * Tells every device, waits a little for answers that are under way, and closes. Completes when
   * all sockets are gone, or after twice {@code drainGraceMs}.
   */
  Future<Void> run(long windowMs) {
    return announce(new ArrayDeque<>(connections.all()), windowMs)
        .compose(told -> closeIdle(steady.millis()));
  }

  private Future<Void> announce(Deque<Connection> untold, long windowMs) {
    for (int i = 0; i < settings.sliceFrames() && !untold.isEmpty(); i++) {
      // Half of it for clients that take the time as it is, all of it for those that jitter in it.
      long after = windowMs <= 0 ? 0 : windowMs / 2 + random.nextLong(windowMs / 2 + 1);
      untold
          .poll()
          .write(
              ServerFrames.of("server.draining", new JsonObject().put("reconnectAfterMs", after)));
    }
    return untold.isEmpty()
        ? Future.succeededFuture()
        : vertx.timer(1).compose(turn -> announce(untold, windowMs));
  }

  private Future<Void> closeIdle(long startedAt) {
    long waited = steady.millis() - startedAt;
    for (Connection connection : connections.all()) {
      if (connection.inFlight() == 0 || waited > settings.drainGraceMs()) {
        connection.close(CloseCode.DRAINING);
      }
    }
    if (connections.size() == 0) {
      return Future.succeededFuture();
    }
    if (waited > 2 * settings.drainGraceMs()) {
      connections.all().forEach(Connection::abort);
      return Future.succeededFuture();
    }
    return vertx.timer(STEP_MS).compose(turn -> closeIdle(startedAt));
  }
}
