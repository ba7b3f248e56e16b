package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The edge of a node: one HTTP server with REST, pages and sockets. One instance a node, since the
 * bus reaches a node's gateway under one address and all its sockets live on one event loop.
 */
public final class GatewayVerticle extends VerticleBase {
  private static final long LAST_ANSWERS_MS = 2_000;
  private static final long DRAIN_WINDOW_MS = 5_000;

  private final GatewayPieces pieces;
  private final HttpSettings http;
  private final Function<Consumer<Router>, Router> edge;
  private final Supplier<Router> operatorEdge;
  private SocketSide sockets;
  private HttpServer server;
  private HttpServer operatorServer;

  /**
   * {@code edge} makes the router of everything that is reached over HTTP, with the sockets' routes
   * laid where it says; {@code operatorEdge} that of the operator's port, where there is one. Both
   * are called on the verticle's event loop.
   */
  public GatewayVerticle(
      GatewayPieces pieces,
      HttpSettings http,
      Function<Consumer<Router>, Router> edge,
      Supplier<Router> operatorEdge) {
    this.pieces = pieces;
    this.http = http;
    this.edge = edge;
    this.operatorEdge = operatorEdge;
  }

  @Override
  public Future<?> start() {
    sockets = new SocketSide(vertx, context, pieces);
    server =
        vertx
            .createHttpServer(http.serverOptions(pieces.settings().maxTransportBytes()))
            .connectionHandler(RequestDeadline::watch)
            .invalidRequestHandler(MalformedRequest::answer)
            .requestHandler(MalformedRequest.refuseWithoutHost(edge.apply(sockets::mount)));
    return sockets.start().compose(listening -> listen()).recover(this::giveUp);
  }

  /** Else the others would hold up their deliveries for a gateway that is not there. */
  private <T> Future<T> giveUp(Throwable cause) {
    return sockets.stop().transform(stopped -> Future.failedFuture(cause));
  }

  private Future<HttpServer> listen() {
    return server
        .listen()
        .recover(cause -> Future.failedFuture(http.cannotListen(cause)))
        .compose(
            listening ->
                http.operator().isApart()
                    ? listenForOperator().map(listening)
                    : Future.succeededFuture(listening));
  }

  private Future<HttpServer> listenForOperator() {
    operatorServer =
        vertx
            .createHttpServer(http.forOperator().serverOptions(pieces.settings().maxFrameBytes()))
            .connectionHandler(RequestDeadline::watch)
            .invalidRequestHandler(MalformedRequest::answer)
            .requestHandler(MalformedRequest.refuseWithoutHost(operatorEdge.get()));
    return operatorServer
        .listen()
        .recover(cause -> Future.failedFuture(http.cannotListenForOperator(cause)));
  }

  @Override
  public Future<?> stop() {
    return sockets
        .drain(DRAIN_WINDOW_MS)
        .transform(drained -> sockets.stop())
        // Who is being answered is answered: a token may have been renewed for good.
        .compose(stopped -> server.shutdown(LAST_ANSWERS_MS, TimeUnit.MILLISECONDS))
        .compose(
            closed -> operatorServer == null ? Future.succeededFuture() : operatorServer.close());
  }

  /** The port the server listens on, once it is started. */
  public int httpPort() {
    return server.actualPort();
  }
}
