package chat.parley.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A token bucket of this node alone. Thread-safe. */
public final class Allowance {
  private final Bucket bucket;
  private final long burst;

  private Allowance(Rate rate, long atFirst, LongSupplier nanos) {
    this.burst = rate.burst();
    this.bucket =
        Bucket.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(rate.burst())
                        .refillGreedy(rate.tokens(), rate.per())
                        .initialTokens(Math.min(rate.burst(), atFirst)))
            .withCustomTimePrecision(new Monotonic(nanos))
            .build();
  }

  /** A full one; {@code nanos} is a monotonic clock. */
  public static Allowance full(Rate rate, LongSupplier nanos) {
    return new Allowance(rate, rate.burst(), nanos);
  }

  /** One of another rate with what is left in this one, as far as that fits. */
  Allowance resized(Rate rate, LongSupplier nanos) {
    return new Allowance(rate, Math.max(0, bucket.getAvailableTokens()), nanos);
  }

  /** The most that it ever holds. */
  long burst() {
    return burst;
  }

  /**
   * Takes so many; more than the burst counts as the burst.
   *
   * @return 0 where they were taken; else nothing was, and so many milliseconds later they can be
   */
  public long take(long amount) {
    long wanted = Math.min(amount, burst);
    if (bucket.tryConsume(wanted)) {
      return 0;
    }
    return ms(bucket.estimateAbilityToConsume(wanted).getNanosToWaitForRefill());
  }

  /** Whole milliseconds of a wait, at least one. */
  static long ms(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1));
  }

  private record Monotonic(LongSupplier nanos) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return nanos.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
