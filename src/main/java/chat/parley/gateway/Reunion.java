package chat.parley.gateway;

import chat.parley.model.UserId;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a split of the cluster every device syncs. While it lasted, a fan-out knew only the
 * gateways of its own part, brought its changes to these, and was done with them: devices on the
 * other side lack them, and would not know before the next change of the same conversation.
 */
final class Reunion {
  private static final Logger LOG = LoggerFactory.getLogger(Reunion.class);

  /** A batch that was planned during the split is over by then, in whichever part. */
  private static final long AFTER_MS = 3_000;

  private static final long SLICE_EVERY_MS = 50;

  private final Vertx vertx;
  private final Context context;
  private final Connections connections;
  private final int slice;
  private long timer = -1;

  /** {@code context} is that of the sockets; so many of them are sent away at a time. */
  Reunion(Vertx vertx, Context context, Connections connections, int slice) {
    this.vertx = vertx;
    this.context = context;
    this.connections = connections;
    this.slice = slice;
  }

  /** To be called on any thread. Nodes come back one by one: the last one counts. */
  void happened() {
    context.runOnContext(
        here -> {
          vertx.cancelTimer(timer);
          timer = vertx.setTimer(AFTER_MS, due -> sendAway());
        });
  }

  /** The cluster had lost this user's devices here, and knows them again. On any thread. */
  void forgot(UserId user) {
    context.runOnContext(
        here -> connections.of(user).forEach(one -> one.close(CloseCode.TRY_AGAIN)));
  }

  private void sendAway() {
    LOG.info("the cluster was split: {} sockets are closed, so that they sync", connections.size());
    close(new ArrayDeque<>(connections.all()));
  }

  /** Clients come back with jitter, so not all at once. */
  private void close(Deque<Connection> left) {
    for (int i = 0; i < slice && !left.isEmpty(); i++) {
      left.poll().close(CloseCode.TRY_AGAIN);
    }
    if (!left.isEmpty()) {
      vertx.setTimer(SLICE_EVERY_MS, due -> close(left));
    }
  }
}
