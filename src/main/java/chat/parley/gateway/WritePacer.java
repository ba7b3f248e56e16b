package chat.parley.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Gathers what is written to a busy socket: a first frame goes to the kernel at once, further ones
 * within the pace go together at its end. Handing a frame to the kernel, and the peer's taking it,
 * is most of what a delivery costs, so in a busy group this carries several times the messages; a
 * quiet conversation notices nothing. (The idea of Nagle, RFC 896, with a bound on the wait.) One a
 * gateway, on its event loop, with one timer for all sockets.
 */
final class WritePacer {
  private final Vertx vertx;
  private final long paceMs;
  private final Deque<PacedLine> due = new ArrayDeque<>();
  private boolean ticking;

  /** {@code paceMs}: how long a frame may wait for others; 0 gathers nothing. */
  WritePacer(Vertx vertx, long paceMs) {
    this.vertx = vertx;
    this.paceMs = paceMs;
  }

  /** Paces this connection from now on; call it on the connection's event loop. */
  void pace(HttpConnection connection) {
    if (paceMs > 0 && connection instanceof HttpServerConnection server) {
      Channel channel = server.channelHandlerContext().channel();
      channel.pipeline().addFirst(new PacedLine());
    }
  }

  private void add(PacedLine line) {
    due.add(line);
    if (!ticking) {
      ticking = true;
      vertx.setTimer(paceMs, fired -> flushAll());
    }
  }

  /** Of many thousands only some at a time: the rest as soon as others have had their turn. */
  private void flushAll() {
    LoopTurn turn = new LoopTurn();
    int lines = due.size();
    while (lines > 0 && !turn.isOver()) {
      due.poll().flushNow();
      lines--;
    }
    ticking = !due.isEmpty();
    if (ticking) {
      vertx.setTimer(lines > 0 ? LoopTurn.PAUSE_MS : paceMs, fired -> flushAll());
    }
  }

  private final class PacedLine extends ChannelDuplexHandler {
    private ChannelHandlerContext context;
    private long lastFlush = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
    private boolean waiting;

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      this.context = added;
    }

    @Override
    public void flush(ChannelHandlerContext ignored) {
      if (waiting) {
        return;
      }
      if (System.nanoTime() - lastFlush >= TimeUnit.MILLISECONDS.toNanos(paceMs)) {
        flushNow();
      } else {
        waiting = true;
        add(this);
      }
    }

    /** What was said before a goodbye still goes out before it. */
    @Override
    public void close(ChannelHandlerContext closing, ChannelPromise promise) {
      flushNow();
      closing.close(promise);
    }

    private void flushNow() {
      waiting = false;
      lastFlush = System.nanoTime();
      context.flush();
    }
  }
}
