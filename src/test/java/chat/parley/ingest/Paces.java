package chat.parley.ingest;

import chat.parley.limit.LimitMeters;
import chat.parley.limit.RateSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/** Paces of conversations for tests. */
final class Paces {
  private Paces() {}

  /** One with the usual limits, all of whose times are by this clock. */
  static Pace by(Clock clock) {
    return by(clock, RateSettings.defaults());
  }

  static Pace by(Clock clock, RateSettings rates) {
    return new Pace(
        new Pace.Rules(
            rates,
            new LimitMeters(new SimpleMeterRegistry()),
            clock,
            () -> TimeUnit.MILLISECONDS.toNanos(clock.millis())));
  }
}
