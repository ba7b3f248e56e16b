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
  private static final long BRIEF_NS = TimeUnit.MICROSECONDS.toNanos(500);

  private final long began = System.nanoTime();
  private final long longest;

  LoopTurn() {
    this(LONGEST_NS);
  }

  private LoopTurn(long longest) {
    this.longest = longest;
  }

  /** One that others do not even notice, for work that can take its time. */
  static LoopTurn brief() {
    return new LoopTurn(BRIEF_NS);
  }

  boolean isOver() {
    return nanos() >= longest;
  }

  long nanos() {
    return System.nanoTime() - began;
  }
}
