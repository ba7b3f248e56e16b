package chat.parley.limit;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A monotonic clock that goes on when it is told to. */
final class HandTime implements LongSupplier {
  private long nanos = Duration.ofHours(1).toNanos();

  @Override
  public long getAsLong() {
    return nanos;
  }

  void pass(long ms) {
    nanos += Duration.ofMillis(ms).toNanos();
  }
}
