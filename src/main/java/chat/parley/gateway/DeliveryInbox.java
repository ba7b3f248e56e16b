package chat.parley.gateway;

import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.CloseDevice;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.DeliverSoft;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the bus brings for the devices connected here. Batches are worked off one after the
 * other and in slices, so that a change for thousands of devices does not hold up the event loop.
 */
final class DeliveryInbox {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryInbox.class);

  /** A batch being delivered: where it is, and whom it answers. */
  private static final class Batch {
    private final long number;
    private final Iterator<Delivery> deliveries;
    private final Promise<DeliveryMessages> taken = Promise.promise();
    private Iterator<UserId> users = List.<UserId>of().iterator();
    private Delivery delivery;
    private ChangeFrame frame;
    private int connections;
    private boolean given;

    Batch(long number, List<Delivery> deliveries) {
      this.number = number;
      this.deliveries = deliveries.iterator();
    }
  }

  private final Vertx vertx;
  private final Connections connections;
  private final GapRepair repair;
  private final GatewayMetrics metrics;
  private final int sliceFrames;
  private final Deque<Batch> batches = new ArrayDeque<>();
  private long batchNumber;
  private boolean working;

  DeliveryInbox(
      Vertx vertx,
      Connections connections,
      GapRepair repair,
      GatewayMetrics metrics,
      int sliceFrames) {
    this.vertx = vertx;
    this.connections = connections;
    this.repair = repair;
    this.metrics = metrics;
    this.sliceFrames = sliceFrames;
  }

  /** Queues changes at the connections; completes with {@link Taken} when all are queued. */
  Future<DeliveryMessages> take(DeliveryMessages message) {
    if (message instanceof DeliverChanges changes) {
      Batch batch = new Batch(++batchNumber, changes.deliveries());
      batches.add(batch);
      if (!working) {
        working = true;
        work();
      }
      return batch.taken.future();
    }
    hear(message);
    return Future.succeededFuture(new Taken(0));
  }

  /** Handles what wants no answer. */
  void hear(DeliveryMessages message) {
    if (message instanceof DeliverSoft soft) {
      deliverSoft(soft);
    } else if (message instanceof CloseDevice close) {
      closeDevice(close);
    }
  }

  private void work() {
    int written = 0;
    while (!batches.isEmpty()) {
      Batch batch = batches.peek();
      try {
        while (batch.users.hasNext() || batch.deliveries.hasNext()) {
          if (written >= sliceFrames) {
            vertx.runOnContext(next -> work());
            return;
          }
          written += step(batch);
        }
        batches.poll();
        endDelivery(batch);
        batch.taken.complete(new Taken(batch.connections));
      } catch (RuntimeException e) {
        // It must not stand in the way of those behind it; whoever sent it hears of it.
        batches.poll();
        batch.taken.fail(e);
      }
    }
    working = false;
  }

  /** One user's devices; how many frames that took, at least one, so that a slice ends. */
  private int step(Batch batch) {
    if (!batch.users.hasNext()) {
      endDelivery(batch);
      batch.delivery = batch.deliveries.next();
      batch.users = batch.delivery.users().iterator();
      batch.frame = null;
      return 0;
    }
    List<Connection> devices = connections.of(batch.users.next());
    for (Connection device : devices) {
      if (batch.frame == null) {
        batch.frame = ServerFrames.change(batch.delivery.change());
      }
      if (deliver(batch, device) && device.isFirstOf(batch.number)) {
        batch.connections++;
      }
    }
    return Math.max(1, devices.size());
  }

  private boolean deliver(Batch batch, Connection connection) {
    if (!connection.isOpen()) {
      return false;
    }
    try {
      ConversationFeed feed = connection.feed(batch.frame.change().conversationId());
      List<ChangeFrame> out = feed.stream.offer(batch.frame);
      connection.write(feed, out);
      batch.given |= !out.isEmpty();
      repair.check(connection, feed);
      return true;
    } catch (RuntimeException e) {
      // One socket's fault costs that socket: it comes back with its cursors and lacks nothing.
      LOG.atError().setCause(e).log("a socket cannot be written to");
      connection.close(CloseCode.TRY_AGAIN);
      return false;
    }
  }

  private void endDelivery(Batch batch) {
    if (batch.given) {
      batch.given = false;
      metrics.delivered(batch.delivery.change());
    }
  }

  private void deliverSoft(DeliverSoft soft) {
    SoftFrames.Soft frame =
        new SoftFrames.Soft(
            new String(soft.frame(), StandardCharsets.UTF_8), soft.frame().length, soft.seq());
    for (UserId user : soft.users()) {
      for (Connection connection : connections.of(user)) {
        ConversationFeed feed = connection.knownFeed(soft.conversationId());
        if (feed != null && hears(connection, feed)) {
          connection.write(feed, frame);
        }
      }
    }
  }

  /**
   * Soft state of a conversation is for devices that are given its changes, and not for one that
   * was told that its user is out: whoever sent it may not know that yet.
   */
  private static boolean hears(Connection connection, ConversationFeed feed) {
    return (connection.stage() == Connection.Stage.LIVE
            || connection.stage() == Connection.Stage.SYNCING)
        && feed.stream.isStarted()
        && !feed.stream.isOut();
  }

  private void closeDevice(CloseDevice close) {
    for (Connection connection : connections.of(close.userId())) {
      if (close.deviceId() == null || close.deviceId().equals(connection.principal().deviceId())) {
        connection.write(
            ServerFrames.of("session.revoked", new JsonObject().put("reason", close.reason())));
        connection.close(close.closeCode(), close.reason());
      }
    }
  }
}
