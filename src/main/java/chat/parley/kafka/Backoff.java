package chat.parley.kafka;

import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt: doubled each time up to a bound, with full jitter above
 * a half, so that many that failed together do not come back together.
 */
final class Backoff {
  private final long firstMs;
  private final long maxMs;
  private final DoubleSupplier random;

  /** {@code random} gives values from 0 to 1. */
  Backoff(long firstMs, long maxMs, DoubleSupplier random) {
    this.firstMs = firstMs;
    this.maxMs = maxMs;
    this.random = random;
  }

  /** The wait before attempt number {@code attempt} + 1, in milliseconds. */
  long delayMs(int attempt) {
    long full = attempt >= 20 ? maxMs : Math.min(maxMs, firstMs << Math.max(0, attempt - 1));
    return full / 2 + (long) (full / 2 * random.getAsDouble());
  }
}
