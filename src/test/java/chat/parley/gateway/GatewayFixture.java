package chat.parley.gateway;

import static org.awaitility.Awaitility.await;

import chat.parley.auth.Principal;
import chat.parley.auth.Tokens;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.QueryMessages;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.bus.QueryMessages.ChangesQuery;
import chat.parley.bus.QueryMessages.SyncItem;
import chat.parley.bus.QueryMessages.SyncPlan;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.PresenceSettings;
import chat.parley.registry.ShardDirectory;
import chat.parley.registry.ShardRouter;
import chat.parley.testing.HastenedClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** A gateway on a free port of loopback, with everything behind the bus replaced by fakes. */
final class GatewayFixture {
  static final ConversationId ROOM = new ConversationId("room");
  static final String NODE = "n1";

  static final long HELLO_WITHIN_MS = 30_000;

  /**
   * Time is long for sockets, so that a stall of the machine ends none; a test that waits for an
   * end makes it pass.
   */
  final HastenedClock clock = new HastenedClock();

  final Vertx vertx = Vertx.vertx();
  final Bus bus = new Bus(vertx, 2_000);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Set<String> registered = ConcurrentHashMap.newKeySet();
  final Set<String> signedOut = ConcurrentHashMap.newKeySet();
  final List<Runnable> reunions = new CopyOnWriteArrayList<>();
  final List<Consumer<UserId>> losses = new CopyOnWriteArrayList<>();
  final List<Change> log = new CopyOnWriteArrayList<>();
  final List<ChangesQuery> asked = new CopyOnWriteArrayList<>();

  /** What is shown of any other conversation; it is refused while there is nothing. */
  final List<Change> elsewhere = new CopyOnWriteArrayList<>();

  /** Whether the other conversation is one of those of the device that connects, and the first. */
  volatile boolean syncsElsewhere;

  /** Answers about other conversations wait for it. */
  volatile Future<Void> elsewhereGate = Future.succeededFuture();

  final List<ReceiptMessages.MoveCursors> moves = new CopyOnWriteArrayList<>();
  final ConcurrentLinkedQueue<Promise<MessageAccepted>> sends = new ConcurrentLinkedQueue<>();
  final FakeInterests interests = new FakeInterests();
  final EdgeGuard guard;
  volatile boolean large;
  volatile boolean answerSends = true;
  volatile boolean open;
  volatile long deliveredBefore;
  volatile long planHead = -1;
  volatile Future<Void> planGate = Future.succeededFuture();

  /** The messages whose change reached the owner, who then says that it is none any more. */
  final List<Long> amended = new CopyOnWriteArrayList<>();

  volatile Future<Void> amendGate = Future.succeededFuture();

  /** How often the gateway has looked at a device's socket. */
  private final Map<String, Integer> looks = new ConcurrentHashMap<>();

  GatewayVerticle gateway;

  GatewayFixture(GatewaySettings settings) throws Exception {
    this(settings, Guards::usual);
  }

  GatewayFixture(GatewaySettings settings, Function<MeterRegistry, EdgeGuard> guarded)
      throws Exception {
    guard = guarded.apply(meters);
    BusCodecs.install(vertx.eventBus());
    join(bus.answer(Addresses.QUERIES, this::query));
    join(bus.answer(Addresses.RECEIPTS, this::move));
    join(bus.answer(Addresses.ingest(NODE), this::ingest));
    gateway = gatewayAt(0, settings);
    join(vertx.deployVerticle(gateway));
  }

  /** Stops the gateway and starts another one in its place. */
  GatewayVerticle replace(HttpSettings http) throws Exception {
    join(vertx.undeploy(gateway.deploymentID()));
    GatewayVerticle other = gatewayAt(http, fast());
    join(vertx.deployVerticle(other));
    return other;
  }

  /** One more gateway of the same node, which nobody has started. */
  GatewayVerticle gatewayAt(int port, GatewaySettings settings) {
    return gatewayAt(HttpSettings.defaults().withPort(port), settings);
  }

  GatewayVerticle gatewayAt(HttpSettings http, GatewaySettings settings) {
    GatewayPieces pieces =
        new GatewayPieces(
            NODE,
            bus,
            new ShardRouter(vertx, bus, new OneOwner(), 1_000, Clock.systemUTC(), meters),
            new PlainTokens(),
            this::isSignedOut,
            new Registrations(),
            interests,
            new LongPolls(vertx, new Registrations(), interests, 10),
            reunions::add,
            meters,
            clock,
            clock,
            settings,
            new FakeAccounts(),
            new LivePieces(
                FakePresences.ofNobody(),
                new FakeView(NODE),
                PresenceSettings.defaults(),
                SoftLoad.ANY),
            guard);
    return new GatewayVerticle(
        pieces,
        http,
        sockets -> {
          Router router = Router.router(vertx);
          sockets.accept(router);
          return router;
        },
        () -> {
          Router router = Router.router(vertx);
          router.get("/metrics").handler(context -> context.end("meters"));
          return router;
        });
  }

  static GatewaySettings fast() {
    return settings(10_000, GatewaySettings.defaults().maxOutboundBytes());
  }

  static GatewaySettings settings(long resendAfterMs, int maxOutboundBytes) {
    GatewaySettings d = GatewaySettings.defaults();
    return new GatewaySettings(
        HELLO_WITHIN_MS,
        d.heartbeatMs(),
        20,
        d.maxFrameBytes(),
        maxOutboundBytes,
        d.maxWaitingPercent(),
        d.maxHeldBytes(),
        20,
        7,
        d.maxSyncLimit(),
        4,
        d.maxUnacked(),
        resendAfterMs,
        d.resendAttempts(),
        d.maxConnections(),
        d.sliceFrames(),
        d.writePaceMs(),
        d.maxPendingCursors(),
        500,
        List.of("https://chat.example"),
        d.sockJsLibraryUrl());
  }

  /** A token that says all there is to say. */
  static String token(String user, String device, long forMs) {
    return user + "/" + device + "/" + (System.currentTimeMillis() + forMs);
  }

  SocketClient connect() throws Exception {
    return SocketClient.connect(vertx, gateway.httpPort(), "/v1/ws", null);
  }

  SocketClient enter(String user, String device) throws Exception {
    return connect().enter(token(user, device, 60_000));
  }

  /**
   * Waits until the gateway has looked at what time did to this device's socket, from now on: what
   * is still open and unsaid then is so for good.
   */
  void awaitLookAt(String device) {
    // One may be under way that has begun before.
    int enough = looks.get(device) + 2;
    await("a look at " + device).until(() -> looks.get(device) >= enough);
  }

  /** Each look begins with this question. */
  private boolean isSignedOut(String device) {
    looks.merge(device, 1, Integer::sum);
    return signedOut.contains(device);
  }

  /** Commits a message, without telling anybody. */
  Change commit(String text) {
    long n = log.size() + 1L;
    JsonObject payload =
        new JsonObject()
            .put("type", "message.new")
            .put("conversationId", ROOM.value())
            .put("changeSeq", n)
            .put("message", new JsonObject().put("body", new JsonObject().put("text", text)));
    Change change =
        new Change(
            ROOM,
            n,
            n,
            ChangeType.MESSAGE_NEW,
            new UserId("ann"),
            null,
            0,
            payload.encode().getBytes(StandardCharsets.UTF_8));
    log.add(change);
    return change;
  }

  /** What the fan-out would send. */
  Taken deliver(List<Change> changes, String... users) throws Exception {
    List<UserId> to = List.of(users).stream().map(UserId::new).toList();
    return join(
        bus.request(
            Addresses.gateway(NODE),
            new DeliverChanges(changes.stream().map(c -> new Delivery(c, to)).toList()),
            Taken.class));
  }

  void publish(DeliveryMessages message) {
    bus.publish(Addresses.ALL_GATEWAYS, message);
  }

  double metric(String name) {
    return meters.get(name).counter().count();
  }

  double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  static <T> T join(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(SocketClient.DEADLINE_MS, TimeUnit.MILLISECONDS);
  }

  /** The gateway first: where both ends say goodbye at once each waits for the other. */
  void close() throws Exception {
    if (vertx.deploymentIDs().contains(gateway.deploymentID())) {
      join(vertx.undeploy(gateway.deploymentID()));
    }
    join(vertx.close());
  }

  private Future<QueryMessages> query(QueryMessages message) {
    if (message instanceof QueryMessages.SyncPlanQuery plan) {
      long after =
          plan.cursors().stream()
              .filter(cursor -> cursor.conversationId().equals(ROOM))
              .mapToLong(QueryMessages.Cursor::changeSeq)
              .findFirst()
              .orElse(deliveredBefore);
      long head = planHead < 0 ? log.size() : planHead;
      List<SyncItem> items = new ArrayList<>();
      if (syncsElsewhere) {
        Change last = elsewhere.get(elsewhere.size() - 1);
        items.add(new SyncItem(last.conversationId(), 0, last.changeSeq(), last.seq()));
      }
      items.add(new SyncItem(ROOM, after, head, head, false, large, 1));
      return planGate.map(go -> new SyncPlan(items));
    }
    ChangesQuery question = (ChangesQuery) message;
    asked.add(question);
    if (!question.conversationId().equals(ROOM)) {
      Future<QueryMessages> answer = ofElsewhere();
      return elsewhereGate.compose(go -> answer);
    }
    List<Change> above = log.stream().filter(c -> c.changeSeq() > question.after()).toList();
    List<Change> items = above.stream().limit(question.limit()).toList();
    return Future.succeededFuture(
        new ChangesPage(items, log.size(), log.size(), items.size() < above.size()));
  }

  private Future<QueryMessages> ofElsewhere() {
    if (elsewhere.isEmpty()) {
      return Future.failedFuture(new FailureException(Failure.NOT_FOUND, "no such conversation"));
    }
    long head = elsewhere.get(elsewhere.size() - 1).changeSeq();
    return Future.succeededFuture(new ChangesPage(List.copyOf(elsewhere), head, head, false));
  }

  private Future<ReceiptMessages> move(ReceiptMessages message) {
    moves.add((ReceiptMessages.MoveCursors) message);
    return Future.succeededFuture(ReceiptMessages.Moved.all());
  }

  private Future<IngestMessages> ingest(IngestMessages message) {
    if (message instanceof IngestMessages.Amend amend) {
      amended.add(amend.target());
      return amendGate
          .otherwiseEmpty()
          .compose(
              go -> Future.failedFuture(new FailureException(Failure.NOT_OWNER, "it has moved")));
    }
    SendMessage send = (SendMessage) message;
    if (!send.conversationId().equals(ROOM)) {
      return Future.failedFuture(new FailureException(Failure.NOT_A_MEMBER, "not a member"));
    }
    if (send.toll().refusedBy() != null) {
      return Future.failedFuture(
          new FailureException(
              Failure.RATE_LIMITED, "x", send.toll().retryAfterMs(), send.toll().refusedBy()));
    }
    if (!answerSends) {
      Promise<MessageAccepted> later = Promise.promise();
      sends.add(later);
      return later.future().map(accepted -> accepted);
    }
    long n = commit(new String(send.body(), StandardCharsets.UTF_8)).changeSeq();
    return Future.succeededFuture(
        new MessageAccepted("room." + n, n, n, 0, AckMode.PERSISTED, false));
  }

  private static final class PlainTokens implements Tokens {
    @Override
    public AccessToken issue(UserId user, DeviceId device, String family) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Principal> verify(String token) {
      String[] parts = token.split("/");
      if (parts.length != 3) {
        return Future.failedFuture(
            new FailureException(Failure.UNAUTHENTICATED, "the token is not valid"));
      }
      return Future.succeededFuture(
          new Principal(
              new UserId(parts[0]),
              new DeviceId(parts[1]),
              parts[1],
              Instant.ofEpochMilli(Long.parseLong(parts[2]))));
    }
  }

  private static final class OneOwner implements ShardDirectory {
    @Override
    public Optional<String> ownerOf(int shard) {
      return Optional.of(NODE);
    }

    @Override
    public void announce(int shard, long epoch) {}

    @Override
    public void withdraw(int shard, long epoch) {}
  }

  private final class Registrations implements DeviceRegistry {
    @Override
    public void onForgotten(Consumer<UserId> listener) {
      losses.add(listener);
    }

    @Override
    public Future<Void> register(UserId user, DeviceId device, String sessionId) {
      registered.add(sessionId);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> unregister(UserId user, DeviceId device, String sessionId) {
      registered.remove(sessionId);
      return Future.succeededFuture();
    }

    @Override
    public Future<Map<UserId, Set<String>>> gatewaysOf(Collection<UserId> users) {
      return Future.succeededFuture(Map.of());
    }

    @Override
    public Future<Void> openGateway() {
      open = true;
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> closeGateway() {
      open = false;
      return Future.succeededFuture();
    }

    @Override
    public Future<Boolean> isGatewayOpen(String node) {
      return Future.succeededFuture(open);
    }
  }
}
