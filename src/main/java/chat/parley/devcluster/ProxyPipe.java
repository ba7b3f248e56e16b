package chat.parley.devcluster;

import chat.parley.devcluster.Fault.Way;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One way of a connection. Its reader passes bytes on itself while nothing waits; else its writer
 * does when their time has come, so that late bytes do not make the next ones later still. A
 * bounded number waits; then the sender does.
 */
final class ProxyPipe {
  private static final int CHUNK_BYTES = 16 * 1024;
  private static final int WAITING_CHUNKS = 64;
  private static final byte[] END = new byte[0];

  private final ProxyLink link;
  private final Way way;
  private final Socket from;
  private final Socket to;
  private final BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(WAITING_CHUNKS);

  /** Chunks that are not written yet, the one in the writer's hands included. */
  private final AtomicInteger waiting = new AtomicInteger();

  private record Chunk(byte[] bytes, long cameNanos) {}

  ProxyPipe(ProxyLink link, Way way, Socket from, Socket to) {
    this.link = link;
    this.way = way;
    this.from = from;
    this.to = to;
  }

  void begin() {
    String name = "fault-proxy-" + from.getPort() + "-" + to.getPort();
    FaultProxy.daemon(name + "-read", () -> orReset(this::read));
    FaultProxy.daemon(name + "-write", () -> orReset(this::write));
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private void orReset(Work work) {
    try {
      work.run();
    } catch (IOException brokenOff) {
      link.reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      link.reset();
    }
  }

  private void read() throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[CHUNK_BYTES];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (waiting.get() == 0 && link.flow(way).passesAtOnce()) {
          out.write(buffer, 0, read);
        } else {
          link.touched();
          enqueue(Arrays.copyOf(buffer, read));
        }
      }
    } catch (IOException brokenOff) {
      link.reset();
    } finally {
      enqueue(END);
    }
  }

  private void enqueue(byte[] bytes) throws InterruptedException {
    waiting.incrementAndGet();
    queue.put(new Chunk(bytes, System.nanoTime()));
  }

  private void write() throws IOException, InterruptedException {
    OutputStream out = to.getOutputStream();
    while (true) {
      Chunk chunk = queue.take();
      if (chunk.bytes() == END) {
        link.awaitLeave(way, chunk.cameNanos());
        to.shutdownOutput();
        link.endOf(way);
        return;
      }
      if (link.awaitLeave(way, chunk.cameNanos())) {
        out.write(chunk.bytes());
      }
      waiting.decrementAndGet();
    }
  }
}
