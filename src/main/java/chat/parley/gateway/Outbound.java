package chat.parley.gateway;

import io.netty.buffer.ByteBufUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes out on one socket. Counts the bytes of writes that have not finished, because neither
 * the number of frames nor {@code writeQueueFull} (never true under SockJS) tells what waits in
 * memory.
 */
final class Outbound {
  /** Who has less than this is not what fills the memory, however full it is. */
  private static final int FAIR_SHARE = 65_536;

  private final Transport transport;
  private final GatewayMetrics metrics;
  private final Bounds bounds;
  private final Runnable onOverflow;
  private final List<Promise<Void>> waiting = new ArrayList<>(0);
  private int pending;
  private boolean closed;

  /**
   * What may wait.
   *
   * @param ofOne for this socket
   * @param ofAll for all sockets of the gateway together
   */
  record Bounds(int ofOne, long ofAll) {}

  /** {@code onOverflow} is called once, when more than the bounds allow would wait. */
  Outbound(Transport transport, GatewayMetrics metrics, Bounds bounds, Runnable onOverflow) {
    this.transport = transport;
    this.metrics = metrics;
    this.bounds = bounds;
    this.onOverflow = onOverflow;
  }

  void write(String text) {
    write(text, ByteBufUtil.utf8Bytes(text));
  }

  void write(String text, int bytes) {
    if (closed) {
      return;
    }
    if (pending > 0 && isTooMuch(pending + bytes)) {
      close();
      onOverflow.run();
      return;
    }
    pending += bytes;
    metrics.frameOut(bytes);
    transport.write(text).onComplete(written -> finished(bytes));
  }

  /**
   * Completes when there is room for more bulk: at once, or when the peer has read enough. Fails
   * when the socket closes.
   */
  Future<Void> room() {
    if (closed) {
      return Future.failedFuture("closed");
    }
    if (hasRoom()) {
      return Future.succeededFuture();
    }
    Promise<Void> room = Promise.promise();
    waiting.add(room);
    return room.future();
  }

  private boolean isTooMuch(int bytes) {
    return bytes > bounds.ofOne() || bytes > FAIR_SHARE && metrics.bytesWaiting() > bounds.ofAll();
  }

  private boolean hasRoom() {
    boolean crowded = metrics.bytesWaiting() > bounds.ofAll() / 2;
    int room = bounds.ofOne() / 4;
    return pending <= (crowded ? Math.min(FAIR_SHARE, room) : room);
  }

  /** Nothing more is written. */
  void close() {
    closed = true;
    release(false);
  }

  int pendingBytes() {
    return pending;
  }

  private void finished(int bytes) {
    pending -= bytes;
    metrics.frameGone(bytes);
    if (!waiting.isEmpty() && hasRoom()) {
      release(true);
    }
  }

  private void release(boolean room) {
    List<Promise<Void>> released = List.copyOf(waiting);
    waiting.clear();
    for (Promise<Void> one : released) {
      if (room) {
        one.complete();
      } else {
        one.fail("closed");
      }
    }
  }
}
