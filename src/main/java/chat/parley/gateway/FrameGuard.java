package chat.parley.gateway;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.List;

/**
 * What RFC 6455 asks of a server's WebSockets beyond what Vert.x (5.0.8) does. Text must be UTF-8
 * (8.1), close codes end at 4999 (7.4.2), and who breaks the protocol is told by which rule before
 * the line ends (7.1.7). Fragments are put together here (5.4): Vert.x loses a message whose first
 * fragment is empty, and drops one that gets too large without a word. And pings are answered only
 * while the answers go out (5.5.3 allows to leave some out): else who pings and does not read would
 * fill the memory with pongs, which no bound of ours counts.
 */
final class FrameGuard extends ChannelInboundHandlerAdapter {
  private static final int LAST_CLOSE_CODE = 4_999;

  FrameGuard() {}

  /**
   * To be called on the line's event loop right before it becomes a WebSocket.
   *
   * @param maxMessageBytes a message may have in all its fragments
   */
  static void watch(HttpConnection line, int maxMessageBytes) {
    if (line instanceof HttpServerConnection server) {
      ChannelHandlerContext vertx = server.channelHandlerContext();
      for (ChannelHandler handler :
          List.of(
              new Utf8FrameValidator(false),
              new WebSocketFrameAggregator(maxMessageBytes),
              new FrameGuard())) {
        vertx.pipeline().addBefore(vertx.name(), null, handler);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof PingWebSocketFrame ping && !context.channel().isWritable()) {
      ping.release();
    } else if (message instanceof CloseWebSocketFrame goodbye
        && goodbye.statusCode() > LAST_CLOSE_CODE) {
      goodbye.release();
      exceptionCaught(
          context,
          new CorruptedWebSocketFrameException(
              WebSocketCloseStatus.PROTOCOL_ERROR, "no such close code"));
    } else {
      context.fireChannelRead(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupt) {
      context.writeAndFlush(new CloseWebSocketFrame(corrupt.closeStatus()));
    } else if (cause instanceof TooLongFrameException) {
      context.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.MESSAGE_TOO_BIG));
    }
    context.fireExceptionCaught(cause); // Vert.x closes the line
  }
}
