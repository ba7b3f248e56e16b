package chat.parley.gateway;

import java.util.concurrent.TimeUnit;

/**
 * A stretch of work on an event loop that gives way before others notice. Whoever has more to do
 * when it is over goes on by a timer, not by {@code runOnContext}: tasks that follow each other
 * that way run many in a row before the loop looks at its sockets.
 */
final class LoopTurn {
  /** How long the pause between two turns is, at the least. */
  static final long PAUSE_MS = 1;

  private static final long LONGEST_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private final long began = System.nanoTime();

  boolean isOver() {
    return nanos() >= LONGEST_NS;
  }

  long nanos() {
    return System.nanoTime() - began;
  }
}
