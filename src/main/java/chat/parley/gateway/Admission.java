package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.auth.Tokens;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.registry.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.function.Predicate;

/** Checks who says hello, makes the device known to the cluster, and lets it in. */
final class Admission {
  private final Tokens tokens;
  private final Predicate<String> isRevoked;
  private final DeviceRegistry registry;
  private final Connections connections;
  private final LargeConversations larges;
  private final SyncFence fence;
  private final GatewaySettings settings;
  private final LiveState live;
  private final EdgeLimits limits;
  private final HomeLoop loop;
  private final Clock clock;

  Admission(
      GatewayPieces pieces,
      Connections connections,
      LargeConversations larges,
      SyncFence fence,
      LiveState live,
      HomeLoop loop) {
    this.tokens = pieces.tokens();
    this.isRevoked = pieces.isRevoked();
    this.registry = pieces.registry();
    this.settings = pieces.settings();
    this.limits = pieces.guard().limits();
    this.clock = pieces.clock();
    this.connections = connections;
    this.larges = larges;
    this.fence = fence;
    this.live = live;
    this.loop = loop;
  }

  /** Lets the connection in or closes it. */
  void admit(Connection connection, ClientFrame.Hello hello) {
    connection.admitting();
    loop.bring(
            tokens
                .verify(hello.token())
                .compose(who -> limits.hello(connection.caller(), who).map(who)))
        .onComplete(
            checked -> {
              if (!connection.isOpen()) {
                return;
              }
              if (checked.failed()) {
                refuse(connection, hello, checked.cause());
              } else {
                enter(connection, hello, checked.result());
              }
            });
  }

  /** Refuses a hello: a bad token must be renewed first, everything else may be tried again. */
  static void refuse(Connection connection, ClientFrame.Hello hello, Throwable cause) {
    connection.write(ServerFrames.error(hello.id(), cause));
    boolean token =
        cause instanceof FailureException refusal && refusal.failure() == Failure.UNAUTHENTICATED;
    connection.close(token ? CloseCode.UNAUTHENTICATED : CloseCode.TRY_AGAIN);
  }

  private void enter(Connection connection, ClientFrame.Hello hello, Principal principal) {
    // The check came here from another thread; what ended meanwhile found no connection to close.
    if (isRevoked.test(principal.family())) {
      refuse(
          connection,
          hello,
          new FailureException(Failure.UNAUTHENTICATED, "the session was ended"));
      return;
    }
    Future<Void> registered =
        loop.bring(
            registry.register(principal.userId(), principal.deviceId(), connection.sessionId()));
    connection.admitted(principal, registered);
    // Bound before the registry knows: what comes from then on is held until the sync is over.
    connections.bind(connection);
    registered.onComplete(
        known -> {
          if (!connection.isOpen()) {
            return;
          }
          if (known.failed()) {
            refuse(connection, hello, known.cause());
            return;
          }
          connection.write(ServerFrames.answer("welcome", hello.id(), welcome(connection)));
          connection.syncing();
          live.enter(connection);
          fence.run(connection, hello.cursors());
          connection.welcomed();
        });
  }

  /** Takes back what {@link #admit} made known. */
  void leave(Connection connection) {
    if (connection.registered() == null) {
      return;
    }
    live.leave(connection);
    Principal principal = connection.principal();
    if (connections.of(principal.userId()).isEmpty()) {
      larges.gone(principal.userId());
    }
    connection
        .registered()
        .onComplete(
            known ->
                registry.unregister(
                    principal.userId(), principal.deviceId(), connection.sessionId()));
  }

  private JsonObject welcome(Connection connection) {
    return new JsonObject()
        .put("sessionId", connection.sessionId())
        .put("userId", connection.principal().userId().value())
        .put("deviceId", connection.principal().deviceId().value())
        .put("heartbeatMs", settings.heartbeatMs())
        .put(
            "limits",
            new JsonObject()
                .put("maxFrameBytes", settings.maxFrameBytes())
                .put("maxTextBytes", MessageBody.MAX_TEXT_BYTES)
                .put("syncBudget", settings.syncBudget())
                .put("maxBatch", settings.maxSyncLimit()))
        .put("serverTime", ServerFrames.time(clock.millis()));
  }
}
