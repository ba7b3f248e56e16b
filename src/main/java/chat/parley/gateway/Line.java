package chat.parley.gateway;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;

/** The TCP line under a socket. */
final class Line {
  private Line() {}

  /**
   * Closes it now and drops what it has not taken. Vert.x's own close first waits for all that is
   * queued, which a peer that has stopped reading never lets happen (seen at 5.0.8); so this goes
   * past it, from the context nearest to the wire.
   */
  static void cut(HttpConnection connection) {
    if (connection instanceof HttpServerConnection server) {
      Channel channel = server.channelHandlerContext().channel();
      channel
          .eventLoop()
          .execute(
              () -> {
                if (channel.isOpen()) {
                  channel.pipeline().firstContext().close();
                }
              });
    } else {
      connection.close();
    }
  }
}
