package chat.parley.client;

import java.util.random.RandomGenerator;

/** Full jitter: a uniform wait below a window that doubles with each failure, up to a bound. */
final class Backoff {
  private final RandomGenerator random;
  private final long firstMs;
  private final long maxMs;
  private int failures;

  Backoff(RandomGenerator random, long firstMs, long maxMs) {
    this.random = random;
    this.firstMs = firstMs;
    this.maxMs = maxMs;
  }

  void succeeded() {
    failures = 0;
  }

  /** The next wait in ms. A window named by the server is used as it is. */
  long nextMs(long serverWindowMs) {
    long window =
        serverWindowMs > 0 ? serverWindowMs : Math.min(maxMs, firstMs << Math.min(failures, 20));
    failures++;
    return random.nextLong(window + 1);
  }
}
