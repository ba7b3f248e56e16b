package chat.parley.verify;

import java.util.concurrent.TimeUnit;

/**
 * Holds its one thread back so that no more than so many rows a second are read, in the long run
 * and, but for one page, in the short.
 */
final class Pace {
  /** What a request costs a store beside its rows, in rows: measured in Cassandra. */
  private static final long REQUEST = 25;

  private final long rowsPerSecond;
  private long freeAt = System.nanoTime();

  /** {@code rowsPerSecond}: 0 is without limit. */
  Pace(long rowsPerSecond) {
    this.rowsPerSecond = rowsPerSecond;
  }

  /** A request to the history store brought so many rows. */
  void request(long rows) {
    took(REQUEST + rows);
  }

  /** So many rows came without a request of their own. */
  void took(long rows) {
    if (rowsPerSecond == 0) {
      return;
    }
    long now = System.nanoTime();
    freeAt = Math.max(freeAt, now) + rows * TimeUnit.SECONDS.toNanos(1) / rowsPerSecond;
    try {
      TimeUnit.NANOSECONDS.sleep(freeAt - now);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CannotLookException("interrupted");
    }
  }
}
