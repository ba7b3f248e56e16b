package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The two ways in for frames: {@code /v1/ws} and {@code /v1/sockjs}. */
final class SocketEndpoint {
  private static final long A_DAY_MS = 86_400_000;

  private final SockJsSessions sessions;
  private final Vertx vertx;
  private final SocketDoor door;
  private final Origins origins;
  private final EdgeGuard guard;
  private final GatewaySettings settings;
  private final WritePacer pacer;

  SocketEndpoint(Vertx vertx, SocketDoor door, EdgeGuard guard, GatewaySettings settings) {
    this.vertx = vertx;
    this.door = door;
    this.guard = guard;
    this.settings = settings;
    this.pacer = new WritePacer(vertx, settings.writePaceMs());
    this.origins = new Origins(settings.allowedOrigins());
    this.sessions = new SockJsSessions(guard.callers());
  }

  /** Mounts both; to be called before any body handler that serves all paths. */
  void mount(Router router) {
    router.route("/v1/ws").handler(this::checkRequest);
    router.route("/v1/ws").handler(this::upgrade);
    router.route("/v1/sockjs/*").handler(this::checkRequest);
    router.routeWithRegex("/v1/sockjs/([^/.]+/[^/.]+/)?websocket").handler(this::upgradeSockJs);
    router
        .routeWithRegex("/v1/sockjs/[^/.]+/([^/.]+)/xhr(_streaming|_send)?")
        .handler(this::checkSession);
    router.routeWithRegex("/v1/sockjs/[^/.]+/([^/.]+)/xhr(_streaming)?").handler(this::carry);
    router
        .route(HttpMethod.POST, "/v1/sockjs/*")
        .handler(BodyHandler.create(false).setBodyLimit(settings.maxTransportBytes()));
    router.route("/v1/sockjs/*").subRouter(sockJs());
  }

  private Router sockJs() {
    SockJSHandlerOptions options =
        new SockJSHandlerOptions()
            .setLibraryURL(settings.sockJsLibraryUrl())
            .addDisabledTransport("JSON_P")
            .addDisabledTransport("HTML_FILE")
            .addDisabledTransport("EVENT_SOURCE")
            // Our own pings and pongs keep the line busy: SockJS would arm a timer for each socket.
            .setHeartbeatInterval(A_DAY_MS)
            .setRegisterWriteHandler(false);
    return SockJSHandler.create(vertx, options).socketHandler(this::enter);
  }

  private void checkSession(RoutingContext context) {
    sessions
        .refusal(context)
        .ifPresentOrElse(refusal -> refuse(context, refusal), () -> context.next());
  }

  private void carry(RoutingContext context) {
    sessions.carry(context);
    context.next();
  }

  private void upgrade(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (!request.canUpgradeToWebSocket()) {
      refuse(context, noUpgrade(request));
      return;
    }
    checkHandshake(context, caller -> open(context, caller));
  }

  /** SockJS's own answer to what asks for no WebSocket is its protocol's. */
  private void upgradeSockJs(RoutingContext context) {
    if (!context.request().canUpgradeToWebSocket()) {
      context.next();
      return;
    }
    checkHandshake(
        context,
        caller -> {
          FrameGuard.watch(context.request().connection(), settings.maxTransportBytes());
          context.next();
        });
  }

  private void checkHandshake(RoutingContext context, Consumer<Caller> next) {
    Handshake.fault(context.request())
        .ifPresentOrElse(fault -> refuse(context, fault), () -> arrive(context, next));
  }

  private void open(RoutingContext context, Caller caller) {
    HttpServerRequest request = context.request();
    FrameGuard.watch(request.connection(), settings.maxTransportBytes());
    request
        .toWebSocket()
        .onSuccess(
            socket -> {
              pacer.pace(request.connection());
              door.enter(
                  new WebSocketTransport(socket, request.connection()),
                  caller,
                  Future.succeededFuture());
            })
        .onFailure(
            cause ->
                refuse(
                    context,
                    new FailureException(Failure.BAD_REQUEST, "no valid WebSocket handshake")));
  }

  /** Goes on with who calls, or refuses them, before anything else is done for the socket. */
  private void arrive(RoutingContext context, Consumer<Caller> next) {
    if (!door.isOpen()) {
      refuse(
          context,
          new FailureException(Failure.OVERLOADED, "this node takes no more connections", 1_000));
      return;
    }
    Optional<FailureException> busy = guard.arrivals().refusal();
    if (busy.isPresent()) {
      refuse(context, busy.get());
      return;
    }
    HttpServerRequest request = context.request();
    Caller caller = guard.callers().of(request);
    Future<Void> counted = guard.limits().connection(caller);
    if (!counted.isComplete()) {
      request.pause(); // else its end passes before anybody listens for it
    }
    counted
        .onSuccess(
            done -> {
              request.resume();
              next.accept(caller);
            })
        .onFailure(
            cause -> {
              request.resume();
              ProblemAnswer.send(context, cause);
            });
  }

  /** Sessions of fallbacks are counted here, since no single request of theirs is the first. */
  private void enter(SockJSSocket socket) {
    Caller caller = guard.callers().of(socket.remoteAddress(), socket.headers());
    if (socket.uri().split("\\?")[0].endsWith("/websocket")) {
      HttpConnection line = socket.routingContext().request().connection();
      door.enter(
          new SockJsTransport(socket, () -> line, () -> {}), caller, Future.succeededFuture());
      return;
    }
    sessions.opened(socket, caller);
    door.enter(
        new SockJsTransport(socket, () -> sessions.lineOf(socket), () -> sessions.closed(socket)),
        caller,
        guard
            .arrivals()
            .refusal()
            .map(Future::<Void>failedFuture)
            .orElseGet(() -> guard.limits().connection(caller)));
  }

  private static HttpRefusal noUpgrade(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET)
        ? new HttpRefusal(
            HttpRefusal.UPGRADE_REQUIRED,
            "this path takes WebSocket connections",
            Map.of("Upgrade", "websocket", "Connection", "Upgrade"))
        : new HttpRefusal(
            HttpRefusal.METHOD_NOT_ALLOWED,
            "this path does not take this method",
            Map.of("Allow", "GET"));
  }

  private void checkRequest(RoutingContext context) {
    HttpServerRequest request = context.request();
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    try {
      BearerAuthentication.refuseTokenInUrl(context);
    } catch (FailureException refusal) {
      refuse(context, refusal);
      return;
    }
    if (origins.allows(origin, request.getHeader(HttpHeaders.HOST))) {
      context.next();
    } else {
      refuse(
          context,
          new FailureException(Failure.FORBIDDEN, "this origin may not open a connection"));
    }
  }

  private static void refuse(RoutingContext context, RuntimeException refusal) {
    if (!context.response().ended()) {
      ProblemAnswer.send(context, refusal);
    }
  }
}
