package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge of a node that is no gateway: an operator's tools are told how it is, from before it
 * waits for its stores until its end, and everything else is unknown. It stands at the operator's
 * own port where there is one, else where browsers would connect.
 */
public final class ProbeDoor {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeDoor.class);
  private static final int MAX_SOCKET_BYTES = 1_024;

  private ProbeDoor() {}

  /**
   * Begins to listen; ends with {@code vertx}.
   *
   * @return the port; fails with an {@code IllegalStateException}, written for an operator, where
   *     it is taken
   */
  public static Future<Integer> open(Vertx vertx, HttpSettings settings, Probes probes) {
    boolean isApart = settings.operator().isApart();
    HttpSettings at = isApart ? settings.forOperator() : settings;
    return vertx
        .createHttpServer(at.serverOptions(MAX_SOCKET_BYTES))
        .connectionHandler(RequestDeadline::watch)
        .invalidRequestHandler(MalformedRequest::answer)
        .requestHandler(MalformedRequest.refuseWithoutHost(HttpEdge.probesAlone(vertx, probes)))
        .listen()
        .map(HttpServer::actualPort)
        // Nobody else names it, where it is any free one.
        .onSuccess(port -> LOG.atInfo().addKeyValue("port", port).log("answers probes alone"))
        .recover(
            cause ->
                Future.failedFuture(
                    isApart
                        ? settings.cannotListenForOperator(cause)
                        : settings.cannotListen(cause)));
  }
}
