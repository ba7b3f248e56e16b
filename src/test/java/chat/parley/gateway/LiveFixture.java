package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.PresenceMessages;
import chat.parley.bus.PresenceMessages.Departed;
import chat.parley.bus.PresenceMessages.Departure;
import chat.parley.bus.PresenceMessages.Sights;
import chat.parley.bus.PresenceMessages.SightsQuery;
import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.bus.PresenceMessages.TypingAudience;
import chat.parley.bus.PresenceMessages.TypingQuery;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.PresenceSettings;
import chat.parley.testing.HandClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Presence and typing of two gateways of one cluster, on one event loop and by a clock that is
 * moved by hand. The sockets are no sockets; the presence stage and the cluster's maps are fakes.
 */
final class LiveFixture implements AutoCloseable {
  static final long TICK_MS = 200;

  final HandClock clock = new HandClock();
  final PresenceSettings settings = new PresenceSettings(30_000, 60_000, 1_000, 20, 5_000, 100);
  final FakePresences presences = new FakePresences(clock, settings.goneMs());
  final FakeView cluster = new FakeView("n1", "n2");
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** What the presence stage knows. */
  final Map<UserId, PresenceVisibility> stored = new HashMap<>();

  final Set<Set<UserId>> sharing = new HashSet<>();
  final Map<ConversationId, TypingAudience> rooms = new HashMap<>();
  final List<Departure> departures = new ArrayList<>();
  final List<PresenceMessages> asked = new ArrayList<>();

  /** Pairs that shared something when the stage looked last, for who does not want it fresh. */
  final Set<Set<UserId>> remembered = new HashSet<>();

  boolean stageAway;
  boolean busy;

  /** What the map of devices has: who is connected anywhere. */
  final Set<UserId> connected = new HashSet<>();

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Bus bus = new Bus(vertx, 2_000);
  final Gateway one;
  final Gateway two;

  LiveFixture() {
    BusCodecs.install(vertx.eventBus());
    one = new Gateway("n1");
    two = new Gateway("n2");
    on(
        () -> {
          bus.answer(Addresses.PRESENCE, this::answer);
          one.start();
          two.start();
        });
  }

  private Future<? extends PresenceMessages> answer(PresenceMessages message) {
    asked.add(message);
    if (stageAway) {
      return Future.failedFuture(new FailureException(Failure.UNAVAILABLE, "away"));
    }
    if (message instanceof SightsQuery query) {
      List<Stored> found =
          query.unknown().stream().map(user -> new Stored(user, visibility(user), 0)).toList();
      found.forEach(one -> presences.visibleTo.putIfAbsent(one.userId(), one.visibleTo()));
      List<UserId> shared =
          new LinkedHashSet<>(join(query.shared(), query.unknown()))
              .stream()
                  .filter(user -> visibility(user) == PresenceVisibility.SHARED)
                  .filter(user -> share(query, user))
                  .toList();
      return Future.succeededFuture(new Sights(found, shared));
    }
    if (message instanceof Departed departed) {
      departures.addAll(departed.departures());
      return Future.succeededFuture();
    }
    TypingQuery query = (TypingQuery) message;
    TypingAudience room = rooms.get(query.conversationId());
    if (room == null || !room.large() && !room.members().contains(query.userId())) {
      return Future.failedFuture(new FailureException(Failure.NOT_FOUND, "no such conversation"));
    }
    return room.silent().contains(query.userId())
        ? Future.failedFuture(new FailureException(Failure.READ_ONLY, "you may not write here"))
        : Future.succeededFuture(room);
  }

  private boolean share(SightsQuery query, UserId user) {
    Set<UserId> pair = Set.of(user, query.viewer());
    return sharing.contains(pair) || !query.fresh() && remembered.contains(pair);
  }

  private static List<UserId> join(List<UserId> some, List<UserId> more) {
    List<UserId> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private PresenceVisibility visibility(UserId user) {
    return stored.getOrDefault(user, PresenceVisibility.EVERYONE);
  }

  /** Lets time pass, tick by tick, on both gateways. */
  void pass(long millis) {
    for (long passed = 0; passed < millis; passed += TICK_MS) {
      clock.pass(TICK_MS);
      on(
          () -> {
            if (cluster.gateways.contains("n1")) {
              one.live.tick();
            }
            if (cluster.gateways.contains("n2")) {
              two.live.tick();
            }
          });
      settle();
    }
  }

  /** Everything that is under way, all on one loop, has come to its end. */
  void settle() {
    for (int i = 0; i < 12; i++) {
      on(() -> {});
    }
  }

  void on(Runnable step) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        run -> {
          try {
            step.run();
            done.complete();
          } catch (RuntimeException | Error e) {
            done.fail(e);
          }
        });
    try {
      done.future().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** How much of this was counted, over all values of its tags that are not named. */
  double count(String name, String... tags) {
    return meters.find(name).tags(tags).counters().stream().mapToDouble(c -> c.count()).sum();
  }

  @Override
  public void close() {
    vertx.close().await();
  }

  /** One gateway. */
  final class Gateway {
    final Connections connections = new Connections(5);
    final LiveState live;
    private final String id;
    private final GatewayPieces pieces;
    private final GatewayMetrics metrics;

    Gateway(String id) {
      this.id = id;
      metrics = new GatewayMetrics(meters, clock, new WaitingBytes());
      SoftLoad load =
          new SoftLoad() {
            @Override
            public boolean shedsTyping() {
              return busy;
            }

            @Override
            public boolean shedsPresence() {
              return busy;
            }
          };
      pieces =
          new GatewayPieces(
              id,
              bus,
              null,
              null,
              family -> false,
              new Connected(),
              null,
              null,
              null,
              meters,
              clock,
              clock,
              GatewaySettings.defaults(),
              null,
              new LivePieces(presences.at(id), cluster, settings, load),
              null);
      live = new LiveState(pieces, connections, new HomeLoop(context));
    }

    private void start() {
      live.start();
      bus.listen(Addresses.gateway(id), live::hear);
    }

    /** A device of the user's, live here. */
    Peer connect(UserId user) {
      Peer peer = new Peer(this);
      on(
          () -> {
            peer.connection =
                new Connection(
                    peer,
                    new Caller("127.0.0.1", true),
                    GatewaySettings.defaults(),
                    metrics,
                    clock);
            peer.connection.admitted(
                new Principal(user, new DeviceId("d-" + user), "f", Instant.MAX),
                Future.succeededFuture());
            connections.add(peer.connection);
            connections.bind(peer.connection);
            peer.connection.syncing();
            peer.connection.live();
            live.enter(peer.connection);
          });
      connected.add(user);
      return peer;
    }
  }

  /** A device. */
  final class Peer implements Transport {
    final List<JsonObject> heard = new ArrayList<>();
    private final Gateway gateway;
    private final List<Promise<Void>> unread = new ArrayList<>();
    private boolean reads = true;
    Connection connection;

    Peer(Gateway gateway) {
      this.gateway = gateway;
    }

    void watch(UserId... users) {
      on(
          () ->
              gateway.live.watch(
                  connection, new ClientFrame.Watch("w", new LinkedHashSet<>(List.of(users)))));
      settle();
      pass(TICK_MS);
    }

    void set(PresenceStatus status) {
      on(() -> gateway.live.set(connection, new ClientFrame.SetPresence(null, status)));
    }

    void type(ConversationId conversation, boolean on) {
      LiveFixture.this.on(
          () -> gateway.live.type(connection, new ClientFrame.Typing("t", conversation, on)));
      settle();
    }

    /** Something comes from the client. */
    void speak() {
      on(connection::heard);
    }

    /** The line is gone. */
    void leave() {
      on(
          () -> {
            connection.closed();
            gateway.connections.remove(connection);
            gateway.live.leave(connection);
          });
      connected.remove(connection.principal().userId());
    }

    /** Whether it takes what is written from now on. */
    void reads(boolean does) {
      reads = does;
      if (does) {
        on(() -> List.copyOf(unread).forEach(write -> write.tryComplete()));
      }
    }

    /** The states of the user that it was told, in order; forgets them. */
    List<String> told(UserId user) {
      List<String> states =
          heard.stream()
              .filter(frame -> frame.getString("t").equals("presence"))
              .map(frame -> frame.getJsonObject("d"))
              .filter(data -> data.getString("userId").equals(user.value()))
              .map(
                  data ->
                      data.getString("status")
                          + (data.getString("lastSeenAt") == null ? "" : " seen"))
              .toList();
      heard.removeIf(frame -> user.value().equals(frame.getJsonObject("d").getString("userId")));
      return states;
    }

    /** Whom it was told to type, or to type no more; forgets them. */
    List<String> typing() {
      List<String> words =
          heard.stream()
              .filter(frame -> frame.getString("t").equals("typing"))
              .map(frame -> frame.getJsonObject("d"))
              .map(
                  data ->
                      data.getString("userId")
                          + (data.getBoolean("on") ? " for " : " ended ")
                          + data.getLong("expiresInMs"))
              .toList();
      heard.removeIf(frame -> frame.getString("t").equals("typing"));
      return words;
    }

    /** The codes of the errors that it got; forgets them. */
    List<String> errors() {
      List<String> codes =
          heard.stream()
              .filter(frame -> frame.getString("t").equals("error"))
              .map(frame -> frame.getJsonObject("d").getString("code"))
              .toList();
      heard.removeIf(frame -> frame.getString("t").equals("error"));
      return codes;
    }

    @Override
    public Future<Void> write(String text) {
      heard.add(new JsonObject(text));
      if (reads) {
        return Future.succeededFuture();
      }
      Promise<Void> written = Promise.promise();
      unread.add(written);
      return written.future();
    }

    @Override
    public void close(int code, String reason) {}

    @Override
    public void abort() {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void start(Consumer<String> onText, Runnable onBinary, Runnable onClosed) {}
  }

  private final class Connected implements DeviceRegistry {
    @Override
    public Future<Map<UserId, Set<String>>> gatewaysOf(Collection<UserId> users) {
      Map<UserId, Set<String>> found = new HashMap<>();
      users.stream().filter(connected::contains).forEach(user -> found.put(user, Set.of("n1")));
      return Future.succeededFuture(found);
    }

    @Override
    public Future<Void> register(UserId user, DeviceId device, String sessionId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> unregister(UserId user, DeviceId device, String sessionId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> openGateway() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> closeGateway() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> isGatewayOpen(String node) {
      throw new UnsupportedOperationException();
    }
  }
}
