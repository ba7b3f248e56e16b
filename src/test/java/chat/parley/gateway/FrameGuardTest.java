package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes through the guard of a line whose end does not read. */
final class FrameGuardTest {
  private final EmbeddedChannel line = new EmbeddedChannel(new FrameGuard(), new Deaf());

  @AfterEach
  void close() {
    line.finishAndReleaseAll();
  }

  @Test
  void pingsAreHeardOnlyWhileTheirAnswersGoOut() {
    PingWebSocketFrame first = new PingWebSocketFrame();
    assertThat(line.writeInbound(first)).isTrue();
    line.write(Unpooled.buffer(1 << 17).writeZero(1 << 17)); // and nobody takes it
    PingWebSocketFrame second = new PingWebSocketFrame(Unpooled.buffer().writeByte(1));

    line.writeInbound(second, new TextWebSocketFrame("text"));

    assertThat(line.inboundMessages().poll()).isSameAs(first);
    assertThat(line.inboundMessages().poll()).isInstanceOf(TextWebSocketFrame.class);
    assertThat(line.inboundMessages()).isEmpty();
    assertThat(second.refCnt()).isZero();
    line.flush();
    assertThat(line.writeInbound(new PingWebSocketFrame())).isTrue();
  }

  @Test
  void whoBreaksTheProtocolIsToldByWhichRule() {
    line.pipeline()
        .fireExceptionCaught(
            new CorruptedWebSocketFrameException(WebSocketCloseStatus.MESSAGE_TOO_BIG, "x"));

    CloseWebSocketFrame goodbye = line.readOutbound();
    assertThat(goodbye.statusCode()).isEqualTo(1009);
    goodbye.release();
  }

  /** Stands for Vert.x, which closes the line. */
  private static final class Deaf extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}
  }
}
