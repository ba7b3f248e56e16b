package chat.parley.verify;

import java.time.Duration;

/**
 * How a verification goes about it.
 *
 * @param rowsPerSecond read of the stores at most; a request counts as 25 rows more; 0: no limit
 * @param streamPatience how long the stream may be silent before it counts as away
 * @param secondLookAfter what looks wrong is looked at again after this time
 */
public record VerifySettings(
    long rowsPerSecond, Duration streamPatience, Duration secondLookAfter) {
  /** The rate that a running system does not notice: some 5 % of one core of the store. */
  public static final long DEFAULT_ROWS_PER_SECOND = 5_000;

  /** Throttled, patient. */
  public static VerifySettings defaults() {
    return new VerifySettings(
        DEFAULT_ROWS_PER_SECOND, Duration.ofSeconds(20), Duration.ofSeconds(1));
  }

  /** The same at another rate. */
  public VerifySettings withRowsPerSecond(long rate) {
    return new VerifySettings(rate, streamPatience, secondLookAfter);
  }
}
