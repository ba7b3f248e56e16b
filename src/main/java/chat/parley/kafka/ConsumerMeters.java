package chat.parley.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** What an operator sees of a consumer. */
final class ConsumerMeters {
  private static final double MS_PER_SECOND = 1000.0;

  private final AtomicLong lag = new AtomicLong();
  private final AtomicLong oldestTimestamp = new AtomicLong(Long.MAX_VALUE);
  private final Counter received;

  ConsumerMeters(MeterRegistry meters, String group, Clock clock) {
    Gauge.builder("parley.kafka.consumer.lag", lag, AtomicLong::doubleValue)
        .description("Records of this consumer's partitions that it has not taken yet")
        .tag("group", group)
        .register(meters);
    Gauge.builder(
            "parley.kafka.oldest.age.seconds",
            oldestTimestamp,
            oldest ->
                oldest.get() == Long.MAX_VALUE
                    ? 0
                    : Math.max(0, clock.millis() - oldest.get()) / MS_PER_SECOND)
        .description("Age of the oldest record that is being handled")
        .tag("group", group)
        .register(meters);
    this.received =
        Counter.builder("parley.kafka.records.received")
            .description("Records taken from the stream, repeated ones too")
            .tag("group", group)
            .register(meters);
  }

  void begun(Batch batch, int records) {
    received.increment(records);
    oldestTimestamp.set(batch.oldestTimestamp());
  }

  void ended() {
    oldestTimestamp.set(Long.MAX_VALUE);
  }

  void lag(long records) {
    lag.set(records);
  }
}
