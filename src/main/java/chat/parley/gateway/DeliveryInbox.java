package chat.parley.gateway;

import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.CloseDevice;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.DeliverSoft;
import chat.parley.bus.DeliveryMessages.DeliverSoftToLarge;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the bus brings for the devices connected here. Batches are worked off one after the
 * other and in turns of some milliseconds, so that a change for thousands of devices does not hold
 * up the event loop. Those of large conversations stand in a line of their own and take their time:
 * in brief turns with pauses that are longer, behind all that is for few, so that most of the
 * processor is left to everybody else, here and in the programs that it wakes. Once one has waited
 * for long the two lines take turns in who is first: a message to two people waits for one turn of
 * a channel at most.
 */
final class DeliveryInbox {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryInbox.class);

  /** Between brief turns. */
  private static final long LONG_PAUSE_MS = 2;

  /** Of the second within which everybody is to have a message to very many. */
  private static final long UNHURRIED_MS = 700;

  /** A batch being delivered: where it is, and whom it answers. */
  private static final class Batch {
    private final long number;
    private final long since = System.nanoTime();
    private final long committedAt;
    private final Iterator<Delivery> deliveries;
    private final Promise<DeliveryMessages> taken = Promise.promise();
    private final List<Future<Void>> entering = new ArrayList<>(0);
    private Iterator<UserId> users = List.<UserId>of().iterator();

    /** Of a change of a large conversation: whom it brings in, before it is given to anybody. */
    private Iterator<UserId> named = List.<UserId>of().iterator();

    private boolean entered = true;
    private Delivery delivery;
    private ChangeFrame frame;
    private int connections;
    private boolean given;

    Batch(long number, List<Delivery> deliveries) {
      this.number = number;
      this.committedAt = deliveries.isEmpty() ? 0 : deliveries.get(0).change().committedAt();
      this.deliveries = deliveries.iterator();
    }

    boolean hasMore() {
      return !entered || users.hasNext() || deliveries.hasNext();
    }
  }

  /** A frame of soft state for many, and who is yet to get it. */
  private record SoftToMany(
      ConversationId conversation, SoftFrames.Soft frame, Iterator<UserId> users) {}

  private final Vertx vertx;
  private final Connections connections;
  private final LargeConversations larges;
  private final GapRepair repair;
  private final GatewayMetrics metrics;
  private final int sliceFrames;
  private final Clock clock;
  private final Deque<Batch> small = new ArrayDeque<>();
  private final Deque<Batch> large = new ArrayDeque<>();
  private final Deque<SoftToMany> soft = new ArrayDeque<>();
  private long batchNumber;
  private boolean largeFirst;
  private boolean working;

  DeliveryInbox(
      Vertx vertx,
      Connections connections,
      LargeConversations larges,
      GapRepair repair,
      GatewayMetrics metrics,
      int sliceFrames,
      Clock clock) {
    this.vertx = vertx;
    this.connections = connections;
    this.larges = larges;
    this.repair = repair;
    this.metrics = metrics;
    this.sliceFrames = sliceFrames;
    this.clock = clock;
  }

  /**
   * Queues changes at the connections; completes with {@link Taken} when all are queued, and this
   * gateway is known to be interested in the large conversations that they brought users into.
   */
  Future<DeliveryMessages> take(DeliveryMessages message) {
    if (message instanceof DeliverChanges changes) {
      Batch batch = new Batch(++batchNumber, changes.deliveries());
      (isLarge(changes) ? large : small).add(batch);
      if (working && small.peek() == batch && !isHurried()) {
        workOff(small, new LoopTurn(), sliceFrames); // only a large one rests
      }
      workUnlessWorking();
      return batch.taken.future();
    }
    hear(message);
    return Future.succeededFuture(new Taken(0));
  }

  private static boolean isLarge(DeliverChanges changes) {
    return !changes.deliveries().isEmpty() && changes.deliveries().get(0).change().large();
  }

  /** Handles what wants no answer. */
  void hear(DeliveryMessages message) {
    if (message instanceof DeliverSoft one) {
      deliverSoft(one);
    } else if (message instanceof DeliverSoftToLarge all) {
      ConversationId id = all.conversationId();
      // One whose frame is on its way goes on, so that all are told something; of those that wait
      // for their turn the latest is enough.
      soft.removeIf(other -> other.conversation().equals(id) && other != soft.peek());
      soft.add(new SoftToMany(id, softFrame(all.frame(), all.seq()), larges.users(id).iterator()));
      workUnlessWorking();
    } else if (message instanceof CloseDevice close) {
      closeDevice(close);
    }
  }

  private void workUnlessWorking() {
    if (!working) {
      working = true;
      work();
    }
  }

  private void work() {
    LoopTurn turn = new LoopTurn();
    boolean hurried = isHurried();
    if (hurried) {
      largeFirst = !largeFirst;
      int left = workOff(largeFirst ? large : small, turn, sliceFrames);
      workOff(largeFirst ? small : large, turn, left);
    } else {
      int left = workOff(small, turn, sliceFrames);
      workOff(large, LoopTurn.brief(), left);
    }
    // A share of its own, or it would wait for as long as there are changes for very many.
    workOffSoft(LoopTurn.brief(), sliceFrames);
    metrics.turn(turn.nanos());
    working = !small.isEmpty() || !large.isEmpty() || !soft.isEmpty();
    if (working) {
      boolean rests = !hurried && small.isEmpty();
      vertx.setTimer(rests ? LONG_PAUSE_MS : LoopTurn.PAUSE_MS, next -> work());
    }
  }

  /**
   * Whether the oldest for very many has waited for long: here, or, by the clocks of the nodes,
   * before it came. Who hands changes on waits for each batch, so a backlog lies there and not
   * here.
   */
  private boolean isHurried() {
    Batch oldest = large.peek();
    return oldest != null
        && (System.nanoTime() - oldest.since >= TimeUnit.MILLISECONDS.toNanos(UNHURRIED_MS)
            || clock.millis() - oldest.committedAt >= UNHURRIED_MS);
  }

  /** How many frames are left for this turn. */
  private int workOff(Deque<Batch> line, LoopTurn turn, int frames) {
    int left = frames;
    while (!line.isEmpty() && left > 0 && !turn.isOver()) {
      Batch batch = line.peek();
      try {
        while (batch.hasMore() && left > 0 && !turn.isOver()) {
          left -= step(batch);
        }
        if (!batch.hasMore()) {
          line.poll();
          endDelivery(batch);
          answer(batch);
        }
      } catch (RuntimeException e) {
        // It must not stand in the way of those behind it; whoever sent it hears of it.
        line.poll();
        batch.taken.fail(e);
      }
    }
    return left;
  }

  private static void answer(Batch batch) {
    Taken taken = new Taken(batch.connections);
    if (batch.entering.isEmpty()) {
      batch.taken.complete(taken);
    } else {
      Future.all(batch.entering).<DeliveryMessages>map(taken).onComplete(batch.taken);
    }
  }

  /** One user's devices; how many frames that took, at least one, so that a turn ends. */
  private int step(Batch batch) {
    if (!batch.entered) {
      enter(batch);
      return 1;
    }
    if (!batch.users.hasNext()) {
      endDelivery(batch);
      begin(batch, batch.deliveries.next());
      return 0;
    }
    UserId user = batch.users.next();
    Change change = batch.delivery.change();
    if (change.large() && !larges.maySee(change.conversationId(), user, change.changeSeq())) {
      return 1;
    }
    List<Connection> devices = connections.of(user);
    if (!larges.mayBeTold(batch.delivery, user)) {
      devices.forEach(device -> askTheLog(device, change));
      return Math.max(1, devices.size());
    }
    for (Connection device : devices) {
      if (batch.frame == null) {
        batch.frame = ServerFrames.change(change);
      }
      if (deliver(batch, device) && device.isFirstOf(batch.number)) {
        batch.connections++;
      }
    }
    return Math.max(1, devices.size());
  }

  /** What of the change this device's user may be told, the log says. */
  private void askTheLog(Connection connection, Change change) {
    askTheLog(connection, change.conversationId(), change.changeSeq());
  }

  private void askTheLog(Connection connection, ConversationId conversation, long upTo) {
    if (connection.isOpen()) {
      ConversationFeed feed = connection.feed(conversation);
      feed.stream.expect(upTo);
      repair.check(connection, feed);
    }
  }

  private void begin(Batch batch, Delivery delivery) {
    batch.delivery = delivery;
    batch.frame = null;
    if (delivery.change().large()) {
      batch.named = delivery.users().iterator();
      batch.entered = false;
    } else {
      becomeSmall(delivery.change());
      batch.users = delivery.users().iterator();
    }
  }

  /** What it overtook of the time when it was large, a leave for instance, the log says. */
  private void becomeSmall(Change change) {
    for (UserId user : larges.smallAt(change)) {
      for (Connection device : connections.of(user)) {
        askTheLog(device, change.conversationId(), change.changeSeq() - 1);
      }
    }
  }

  /** One user at a time: the change that makes a conversation large names all of its members. */
  private void enter(Batch batch) {
    Change change = batch.delivery.change();
    if (batch.named.hasNext()) {
      batch.entering.add(
          larges.enter(
              change.conversationId(), batch.named.next(), change.changeSeq(), change.changeSeq()));
      // Or a late small one of before it, which comes between two turns, takes them out again.
      larges.seen(change.conversationId(), change.changeSeq());
    } else {
      batch.users = larges.follow(change).iterator();
      batch.entered = true;
    }
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
    if (batch.delivery != null && batch.delivery.change().large()) {
      larges.followed(batch.delivery.change());
    }
    if (batch.given) {
      batch.given = false;
      metrics.delivered(batch.delivery.change());
    }
  }

  private void workOffSoft(LoopTurn turn, int frames) {
    int left = frames;
    while (!soft.isEmpty() && left > 0 && !turn.isOver()) {
      SoftToMany many = soft.peek();
      if (many.users().hasNext()) {
        left -= write(many.users().next(), many.conversation(), many.frame());
      } else {
        soft.poll();
      }
    }
  }

  private void deliverSoft(DeliverSoft one) {
    SoftFrames.Soft frame = softFrame(one.frame(), one.seq());
    one.users().forEach(user -> write(user, one.conversationId(), frame));
  }

  private static SoftFrames.Soft softFrame(byte[] frame, long seq) {
    return new SoftFrames.Soft(new String(frame, StandardCharsets.UTF_8), frame.length, seq);
  }

  private int write(UserId user, ConversationId conversation, SoftFrames.Soft frame) {
    List<Connection> devices = connections.of(user);
    for (Connection connection : devices) {
      ConversationFeed feed = connection.knownFeed(conversation);
      if (feed != null && hears(connection, feed)) {
        connection.write(feed, frame);
      }
    }
    return Math.max(1, devices.size());
  }

  /**
   * Soft state of a conversation is for devices that are given its changes, and not for one that
   * was told that its user is out: whoever sent it may not know that yet.
   */
  private static boolean hears(Connection connection, ConversationFeed feed) {
    return (connection.stage() == Connection.Stage.LIVE
            || connection.stage() == Connection.Stage.SYNCING)
        && feed.isIn();
  }

  private void closeDevice(CloseDevice close) {
    for (Connection connection : connections.of(close.userId())) {
      if (connection.principal().isOf(close.deviceId(), close.family())) {
        connection.revoke(close.closeCode(), close.reason());
      }
    }
  }
}
