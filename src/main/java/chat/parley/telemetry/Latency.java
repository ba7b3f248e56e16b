package chat.parley.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/**
 * Timers whose percentiles can be computed over all nodes: with the same fixed buckets everywhere.
 * Few, because each is a series of every timer, and none finer than the clocks that cross nodes.
 */
public final class Latency {
  private static final Duration[] BUCKETS =
      LongStream.of(
              1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000,
              30_000, 60_000, 120_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private Latency() {}

  /** The timer of this name and these tags (name, value, name, value …). */
  public static Timer timer(MeterRegistry meters, String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(meters);
  }
}
