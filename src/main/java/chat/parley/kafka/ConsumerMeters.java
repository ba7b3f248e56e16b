package chat.parley.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an operator sees of a consumer. One that has failed knows neither how much it has left to
 * read nor how old that is: both are {@link #UNKNOWN} until it reads again, and not 0, which would
 * say that all is done.
 */
final class ConsumerMeters {
  /** As a lag, and as an age: nobody can tell. */
  static final long UNKNOWN = -1;

  private static final double MS_PER_SECOND = 1000.0;

  /** In place of the timestamp of the oldest record that is being handled: there is none. */
  private static final long NONE = Long.MAX_VALUE;

  /** In its place, too: it was given up, and is not known to be done. */
  private static final long ABANDONED = Long.MIN_VALUE;

  private final AtomicLong lag = new AtomicLong(UNKNOWN);
  private final AtomicLong oldestTimestamp = new AtomicLong(NONE);
  private final Counter received;
  private final Counter failures;

  ConsumerMeters(MeterRegistry meters, String group, Clock clock) {
    Gauge.builder("parley.kafka.consumer.lag", lag, AtomicLong::doubleValue)
        .description(
            "Records of this consumer's partitions that it has not taken yet; -1: not known")
        .tag("group", group)
        .register(meters);
    Gauge.builder(
            "parley.kafka.oldest.age.seconds",
            oldestTimestamp,
            oldest -> age(oldest.get(), clock.millis()))
        .description("Age of the oldest record that is being handled; -1: not known")
        .tag("group", group)
        .register(meters);
    this.received =
        Counter.builder("parley.kafka.records.received")
            .description("Records taken from the stream, repeated ones too")
            .tag("group", group)
            .register(meters);
    this.failures =
        Counter.builder("parley.kafka.consumer.failures")
            .description("How often this consumer could not read on and began anew where it was")
            .tag("group", group)
            .register(meters);
  }

  private static double age(long timestamp, long now) {
    if (timestamp == NONE) {
      return 0;
    }
    return timestamp == ABANDONED ? UNKNOWN : Math.max(0, now - timestamp) / MS_PER_SECOND;
  }

  void begun(Batch batch, int records) {
    received.increment(records);
    oldestTimestamp.set(batch.oldestTimestamp());
  }

  void ended() {
    oldestTimestamp.set(NONE);
  }

  /** It could not read on; a batch that is under way may still go on. */
  void failed() {
    failures.increment();
    lag.set(UNKNOWN);
  }

  /** What was to be read or under way when it failed is not done. */
  void abandoned() {
    oldestTimestamp.set(ABANDONED);
  }

  /** How many records it has yet to take, or {@link #UNKNOWN}. */
  void lag(long records) {
    lag.set(records);
    if (records != UNKNOWN) { // it reads again, and says itself what it is at
      oldestTimestamp.compareAndSet(ABANDONED, NONE);
    }
  }
}
