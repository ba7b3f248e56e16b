package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;

/**
 * The edge of a node that is still waiting for its stores: it is alive, says what it waits for, and
 * refuses the rest so that clients come back. The gateway listens on the same port before the door
 * closes (Vert.x shares a port among the servers of one instance), so no connection is refused in
 * between. One whose request the door has not read when it closes is closed without an answer, as
 * HTTP allows and clients know how to repeat (RFC 9112, 9.3.1 and 9.6).
 */
public final class WaitingDoor {
  private static final int MAX_SOCKET_BYTES = 1_024;
  private static final long RETRY_AFTER_MS = 2_000;
  private static final long LAST_ANSWERS_SECONDS = 1;

  private final HttpServer server;

  private WaitingDoor(HttpServer server) {
    this.server = server;
  }

  /**
   * Begins to listen.
   *
   * @param settings with a port that the gateway can {@linkplain HttpSettings#shared share}
   * @return fails with an {@code IllegalStateException}, written for an operator, where the port is
   *     taken
   */
  public static Future<WaitingDoor> open(Vertx vertx, HttpSettings settings, Probes probes) {
    HttpServerOptions options = settings.serverOptions(MAX_SOCKET_BYTES);
    return vertx
        .createHttpServer(options)
        .invalidRequestHandler(MalformedRequest::answer)
        .requestHandler(router(vertx, probes, settings))
        .listen()
        .map(WaitingDoor::new)
        .recover(cause -> Future.failedFuture(settings.cannotListen(cause)));
  }

  private static Router router(Vertx vertx, Probes probes, HttpSettings settings) {
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
    HttpEdge.installProbes(router, new AllowedMethods(), probes, settings);
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
    return server.shutdown(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS);
  }
}
