package chat.parley.gateway;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;

/**
 * Cuts a line that does not finish a request it has begun. An idle timeout does not do that: who
 * sends a byte a minute is never idle, and could hold as many lines as there are descriptors ("slow
 * loris"). A line owes a head from when it is opened, or from the first byte after the last
 * request, and a body from when its head is there. How long an answer takes, and how long a line
 * rests between requests, is no matter here; nor is a line that became a WebSocket.
 */
final class RequestDeadline extends ChannelDuplexHandler {
  static final long HEAD_MS = 10_000;

  /** A body is at most {@code http.max-body-bytes}, so this is time enough for the worst line. */
  static final long BODY_MS = 60_000;

  private static final long LOOK_MS = 2_500;
  private static final String DECODER = "httpDecoder";

  private enum Owes {
    HEAD(HEAD_MS),
    BODY(BODY_MS),
    NOTHING(Long.MAX_VALUE);

    private final long mostMs;

    Owes(long mostMs) {
      this.mostMs = mostMs;
    }
  }

  private final FirstBytes firstBytes = new FirstBytes();
  private Owes owes = Owes.HEAD;
  private long since = System.nanoTime();
  private Future<?> nextLook;

  private RequestDeadline() {}

  /** To be called on the line's event loop when the line is new. */
  static void watch(HttpConnection line) {
    if (line instanceof HttpServerConnection server) {
      ChannelHandlerContext vertx = server.channelHandlerContext();
      ChannelPipeline pipeline = vertx.pipeline();
      if (pipeline.get(DECODER) != null) {
        RequestDeadline deadline = new RequestDeadline();
        pipeline.addBefore(vertx.name(), null, deadline);
        pipeline.addBefore(DECODER, null, deadline.firstBytes);
      }
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    lookLater(context);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    nextLook.cancel(false);
  }

  private void lookLater(ChannelHandlerContext context) {
    nextLook = context.executor().schedule(() -> look(context), LOOK_MS, TimeUnit.MILLISECONDS);
  }

  private void look(ChannelHandlerContext context) {
    if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) >= owes.mostMs) {
      context.close();
    } else {
      lookLater(context);
    }
  }

  private void now(Owes what) {
    owes = what;
    since = System.nanoTime();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest) {
      now(Owes.BODY);
    }
    if (message instanceof LastHttpContent) {
      now(Owes.NOTHING);
    }
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    context.write(message, promise);
    if (message instanceof HttpResponse answer
        && answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      context.pipeline().remove(firstBytes);
      context.pipeline().remove(this);
    }
  }

  /** Stands before the decoder, since nothing behind it hears of a head until it is whole. */
  private final class FirstBytes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      if (owes == Owes.NOTHING) {
        now(Owes.HEAD);
      }
      context.fireChannelRead(bytes);
    }
  }
}
