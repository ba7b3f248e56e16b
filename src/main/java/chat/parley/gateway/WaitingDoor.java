package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The edge of a gateway that is still waiting for its stores: it is alive, says what it waits for,
 * and refuses the rest so that clients come back. It stands at the operator's own port, too, where
 * there is one. The gateway listens on the same ports before the door closes (Vert.x shares a port
 * among the servers of one instance), so no connection is refused in between. One whose request the
 * door has not read when it closes is closed without an answer, as HTTP allows and clients know how
 * to repeat (RFC 9112, 9.3.1 and 9.6).
 */
public final class WaitingDoor {
  private static final int MAX_SOCKET_BYTES = 1_024;
  private static final long RETRY_AFTER_MS = 2_000;
  private static final long LAST_ANSWERS_SECONDS = 1;

  private final List<HttpServer> servers;

  private WaitingDoor(List<HttpServer> servers) {
    this.servers = servers;
  }

  /**
   * Begins to listen.
   *
   * @param settings with a port that the gateway can {@linkplain HttpSettings#shared share}
   * @return fails with an {@code IllegalStateException}, written for an operator, where a port is
   *     taken; what was opened before that ends with {@code vertx}
   */
  public static Future<WaitingDoor> open(Vertx vertx, HttpSettings settings, Probes probes) {
    Future<HttpServer> forAll =
        listen(
                vertx,
                settings,
                (router, methods) -> HttpEdge.installProbes(router, methods, probes, settings))
            .recover(cause -> Future.failedFuture(settings.cannotListen(cause)));
    if (!settings.operator().isApart()) {
      return forAll.map(server -> new WaitingDoor(List.of(server)));
    }
    return forAll.compose(
        first ->
            listen(
                    vertx,
                    settings.forOperator(),
                    (router, methods) -> HttpEdge.installOperatorsProbes(router, methods, probes))
                .recover(cause -> Future.failedFuture(settings.cannotListenForOperator(cause)))
                .map(second -> new WaitingDoor(List.of(first, second))));
  }

  private static Future<HttpServer> listen(
      Vertx vertx, HttpSettings at, BiConsumer<Router, AllowedMethods> probes) {
    return vertx
        .createHttpServer(at.serverOptions(MAX_SOCKET_BYTES))
        .invalidRequestHandler(MalformedRequest::answer)
        .requestHandler(router(vertx, probes))
        .listen();
  }

  private static Router router(Vertx vertx, BiConsumer<Router, AllowedMethods> probes) {
    Router router = Router.router(vertx);
    router.route().handler(RequestId::assign);
    router
        .route()
        .handler(
            context -> {
              // A kept connection would stay with the door when the gateway is there.
              context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
              context.next();
            });
    probes.accept(router, new AllowedMethods());
    router
        .route()
        .handler(
            context ->
                ProblemAnswer.send(
                    context,
                    new FailureException(
                        Failure.UNAVAILABLE, "the node is starting", RETRY_AFTER_MS)));
    ProblemAnswer.install(router);
    return router;
  }

  /** Stops listening; what is under way is answered. */
  public Future<Void> close() {
    return Future.join(
            servers.stream()
                .map(server -> server.shutdown(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS))
                .toList())
        .mapEmpty();
  }
}
