package chat.parley.gateway;

import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.DeliverPresence;
import chat.parley.bus.DeliveryMessages.DeliverTyping;
import chat.parley.bus.DeliveryMessages.DeliverVisibility;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.registry.ClusterView;
import io.vertx.core.Future;
import java.time.InstantSource;

/**
 * Presence and typing of a gateway's sockets, put together: who is here, who watches whom, who
 * types. All of it is soft: it may be late or lost, and nothing else waits for it. Belongs to one
 * event loop.
 */
final class LiveState {
  private final OwnPresence own;
  private final Watches watches = new Watches();
  private final WatchDesk desk;
  private final PresenceSampler sampler;
  private final Typing typing;
  private final TypingRooms rooms;
  private final SoftDoor door;
  private final ClusterView cluster;
  private final HomeLoop loop;
  private final InstantSource clock;
  private final long sampleMs;
  private long sampleAt;

  LiveState(GatewayPieces pieces, Connections connections, HomeLoop loop) {
    this.loop = loop;
    this.clock = pieces.steady();
    this.cluster = pieces.live().cluster();
    this.sampleMs = pieces.live().settings().sampleMs();
    LiveMeters meters = new LiveMeters(pieces.meters());
    door = new SoftDoor(pieces.live().load(), pieces.settings().maxOutboundBytes(), meters);
    own = new OwnPresence(pieces, connections, meters, loop);
    PresenceSight sight = new PresenceSight(pieces.bus(), meters);
    desk = new WatchDesk(pieces, watches, connections, sight, door, meters, loop);
    sampler = new PresenceSampler(watches, desk, pieces.registry(), meters, loop, clock);
    rooms = new TypingRooms(pieces, meters, loop);
    typing = new Typing(pieces, connections, rooms, door, meters);
    meters.watch(() -> watches.users().size(), watches::size, sampler::stalenessSeconds);
  }

  /** Begins to hear of nodes that leave. */
  void start() {
    cluster.onLeave(node -> loop.run(() -> watches.leave(node)));
  }

  /** A socket was let in. */
  void enter(Connection connection) {
    own.touch(connection);
  }

  /** A socket that was let in is gone. */
  void leave(Connection connection) {
    own.touch(connection);
    watches.drop(connection);
    typing.drop(connection);
  }

  void watch(Connection connection, ClientFrame.Watch frame) {
    desk.watch(connection, frame);
  }

  void set(Connection connection, ClientFrame.SetPresence frame) {
    own.set(connection, frame.status());
  }

  void type(Connection connection, ClientFrame.Typing frame) {
    typing.say(connection, frame);
  }

  /** Takes what is for it, and looks at what tells it who may see whom. */
  void hear(DeliveryMessages message) {
    if (message instanceof DeliverPresence news) {
      watches.hear(news);
    } else if (message instanceof DeliverTyping word) {
      typing.hear(word);
    } else if (message instanceof DeliverVisibility visibility) {
      desk.hear(visibility);
    } else if (message instanceof DeliverChanges changes) {
      for (Delivery delivery : changes.deliveries()) {
        follow(delivery.change());
      }
    }
  }

  private void follow(Change change) {
    boolean moves =
        change.type() == ChangeType.MEMBER_JOINED || change.type() == ChangeType.MEMBER_LEFT;
    if (moves || change.type() == ChangeType.MEMBER_UPDATED) {
      rooms.forget(change.conversationId());
    }
    if (moves && change.subjectId() != null) {
      desk.move(change.subjectId());
    }
  }

  /** To be called with every tick of the gateway. */
  void tick() {
    boolean open = door.isOpen(SoftDoor.Kind.PRESENCE);
    own.tick(open);
    desk.tick();
    LoopTurn turn = new LoopTurn();
    watches.workOffDepartures(turn);
    if (open) {
      watches.tell(door, turn);
    }
    typing.tick();
    if (clock.millis() >= sampleAt) {
      sampleAt = clock.millis() + sampleMs;
      sampler.sample();
    }
  }

  /** All sockets are gone: says so to the cluster. */
  Future<Void> stop() {
    return own.end();
  }
}
