package chat.parley.perf;

import java.util.concurrent.locks.LockSupport;

/**
 * Starts work at a constant rate, whatever becomes of what was started before (an open loop). What
 * is late is made up for at once, under the time at which it was due: a server that stalls is
 * charged for every message that people would have sent meanwhile.
 */
final class Pacer {
  private static final long SECOND = 1_000_000_000L;

  /** Work that is due. */
  interface Work {
    /** {@code index} counts from 0; {@code dueNanos} is when it should have begun. */
    void begin(int index, long dueNanos);
  }

  private Pacer() {}

  /** Begins {@code rate * seconds} pieces of work from the calling thread. */
  static int run(int rate, int seconds, Work work) {
    int total = Math.multiplyExact(rate, seconds);
    long start = System.nanoTime();
    for (int index = 0; index < total; index++) {
      long due = start + index * SECOND / rate;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      work.begin(index, due);
    }
    return total;
  }
}
