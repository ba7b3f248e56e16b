package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.DeliveryMessages;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Everything of a gateway that has to do with sockets, put together for one event loop: all its
 * sockets must be served on the context it is made on, so there is one a node.
 */
public final class SocketSide {
  private final Vertx vertx;
  private final GatewayPieces pieces;
  private final Connections connections;
  private final CursorMoves cursors;
  private final ConnectionCare care;
  private final DeliveryInbox inbox;
  private final OtherDevices otherDevices;
  private final LiveState live;
  private final SocketDoor door;
  private final SocketEndpoint endpoint;
  private final LostInterests lost;
  private final Reunion reunion;
  private final Drain drain;
  private final List<MessageConsumer<DeliveryMessages>> consumers = new ArrayList<>();
  private long timer = -1;

  /** {@code context} is the event loop that serves the HTTP server's requests. */
  public SocketSide(Vertx vertx, Context context, GatewayPieces pieces) {
    this.vertx = vertx;
    this.pieces = pieces;
    pieces.guard().watch(vertx, context);
    GatewaySettings settings = pieces.settings();
    WaitingBytes waiting = pieces.guard().waiting();
    waiting.atMost(settings.maxWaitingBytes());
    GatewayMetrics metrics = new GatewayMetrics(pieces.meters(), pieces.clock(), waiting);
    int turnTicks = (int) Math.max(1, Math.min(50, 1_000 / settings.tickMs()));
    connections = new Connections(turnTicks);
    metrics.watchConnections(connections::size);
    LogPages pages = new LogPages(pieces.bus(), settings);
    SyncTurns turns = pieces.guard().syncs();
    GapRepair repair = new GapRepair(pages, turns, settings, metrics);
    HomeLoop loop = new HomeLoop(context);
    LargeConversations larges = new LargeConversations(pieces.interests(), connections, loop);
    metrics.watchLarge(larges::size);
    metrics.watchPolls(pieces.polls()::asleep);
    SyncFence fence = new SyncFence(vertx, pieces.bus(), pages, turns, larges, repair, settings);
    cursors = new CursorMoves(pieces.bus(), settings.maxPendingCursors());
    care =
        new ConnectionCare(
            connections, repair, cursors, pieces.isRevoked(), settings, pieces.clock());
    inbox =
        new DeliveryInbox(
            vertx, connections, larges, repair, metrics, settings.sliceFrames(), pieces.clock());
    otherDevices = new OtherDevices(pieces.bus(), connections);
    live = new LiveState(pieces, connections, loop);
    Admission admission = new Admission(pieces, connections, larges, fence, live, loop);
    Requests requests = new Requests(pieces, pages, cursors, live, loop);
    door = new SocketDoor(pieces, connections, admission, requests, metrics);
    endpoint = new SocketEndpoint(vertx, door, pieces.guard(), settings);
    lost = new LostInterests(context, larges, connections, pages, repair);
    reunion = new Reunion(vertx, context, connections, settings.sliceFrames());
    drain = new Drain(vertx, connections, settings, pieces.steady(), RandomGenerator.getDefault());
  }

  /**
   * Mounts {@code /v1/ws} and {@code /v1/sockjs}. To be called before a body handler that serves
   * all paths is mounted.
   */
  public void mount(Router router) {
    endpoint.mount(router);
  }

  /** Takes in what comes over transports of another kind; on this side's event loop. */
  SocketDoor door() {
    return door;
  }

  /** Begins to listen to the bus; completes when all nodes can reach this gateway. */
  public Future<Void> start() {
    timer = vertx.setPeriodic(pieces.settings().tickMs(), tick -> tick());
    live.start();
    pieces.onReunion().accept(reunion::happened);
    pieces.registry().onForgotten(reunion::forgot);
    pieces.interests().onLost(lost::happened);
    return pieces
        .bus()
        .answer(Addresses.gateway(pieces.nodeId()), this::take)
        .onSuccess(consumers::add)
        .compose(listening -> pieces.bus().listen(Addresses.ALL_GATEWAYS, this::hear))
        .onSuccess(consumers::add)
        .compose(listening -> pieces.registry().openGateway());
  }

  private void tick() {
    care.tick();
    live.tick();
  }

  private Future<DeliveryMessages> take(DeliveryMessages message) {
    live.hear(message);
    otherDevices.hear(message);
    pieces.polls().hear(message);
    return inbox.take(message);
  }

  private void hear(DeliveryMessages message) {
    pieces.polls().hear(message);
    inbox.hear(message);
  }

  /** Sends all devices elsewhere within {@code windowMs}; see {@link Drain}. */
  public Future<Void> drain(long windowMs) {
    door.close();
    pieces.polls().end();
    return drain.run(windowMs);
  }

  /** Stops listening and stores the cursor moves that are left. */
  public Future<Void> stop() {
    vertx.cancelTimer(timer);
    return pieces.registry().closeGateway().transform(closed -> stopListening());
  }

  private Future<Void> stopListening() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
        .transform(stopped -> Future.join(cursors.close(), live.stop()))
        .otherwiseEmpty()
        .mapEmpty();
  }

  /** How many sockets there are. */
  public int size() {
    return connections.size();
  }
}
