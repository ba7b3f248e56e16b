package chat.parley.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts children side by side and waits until each accepts connections. */
final class StackStart {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 50;
  private static final long TELL_NANOS = Duration.ofSeconds(2).toNanos();

  private final Progress progress;
  private final long begin = System.nanoTime();
  private long told = begin;

  StackStart(Progress progress) {
    this.progress = progress;
  }

  /**
   * Returns when all are ready.
   *
   * @throws EmbeddedStackException when one ends or does not become ready in time; the caller stops
   *     the others
   */
  void awaitReady(List<Child> children) throws InterruptedException {
    List<Child> waiting = new ArrayList<>(children);
    while (!waiting.isEmpty()) {
      waiting.removeIf(this::isReady);
      if (System.nanoTime() - told >= TELL_NANOS) {
        told = System.nanoTime();
        waiting.forEach(
            child -> progress.line(child.spec().name() + ": starting (" + seconds() + " s)"));
      }
      if (seconds() > DEADLINE.toSeconds()) {
        Child late = waiting.get(0);
        throw new EmbeddedStackException(
            late.spec().name()
                + " is not ready after "
                + seconds()
                + " s; see "
                + late.spec().log()
                + ". A machine under load may need another try.");
      }
      Thread.sleep(waiting.isEmpty() ? 0 : LOOK_MILLIS);
    }
  }

  private boolean isReady(Child child) {
    // The order matters: another program may sit on the port that our child just failed to get.
    boolean accepts = accepts(child.spec().port());
    if (!child.isAlive()) {
      throw new EmbeddedStackException(
          "While starting: " + child.exit().message() + "\nMore is in " + child.spec().log());
    }
    if (accepts) {
      progress.line(
          child.spec().name() + ": ready on " + child.spec().address() + " (" + seconds() + " s)");
    }
    return accepts;
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private long seconds() {
    return Duration.ofNanos(System.nanoTime() - begin).toSeconds();
  }
}
