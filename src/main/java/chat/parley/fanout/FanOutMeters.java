package chat.parley.fanout;

import chat.parley.event.Change;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What an operator sees of the fan-out. */
final class FanOutMeters {
  /** The way that changes go. */
  enum Mode {
    SMALL,
    LARGE;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Clock clock;
  private final Counter changes;
  private final Counter duplicates;
  private final Counter unknown;
  private final Counter deliveries;
  private final Counter receipts;
  private final Counter shed;
  private final Timer lag;

  FanOutMeters(MeterRegistry meters, Clock clock, Mode mode) {
    this.clock = clock;
    this.changes =
        counter(meters, mode, "changes", "Changes that every gateway concerned has taken");
    this.duplicates =
        counter(meters, mode, "duplicates.dropped", "Changes that had gone out before");
    this.unknown =
        counter(meters, mode, "unknown", "Changes of a newer version, left to clients' sync");
    this.deliveries = counter(meters, mode, "deliveries", "Changes times gateways");
    this.receipts =
        counter(
            meters, mode, "receipts", "Receipts told to other members; of large ones, counts told");
    this.shed = counter(meters, mode, "receipts.shed", "Receipts dropped because too many waited");
    this.lag =
        Timer.builder("parley.fanout.lag")
            .description("From a change's commit until every gateway concerned has taken it")
            .tag("mode", mode.word())
            .publishPercentileHistogram()
            .register(meters);
  }

  void wentOut(List<Change> out) {
    changes.increment(out.size());
    long now = clock.millis();
    for (Change change : out) {
      lag.record(Math.max(0, now - change.committedAt()), TimeUnit.MILLISECONDS);
    }
  }

  void duplicates(int count) {
    duplicates.increment(count);
  }

  void unknown() {
    unknown.increment();
  }

  void deliveries(int count) {
    deliveries.increment(count);
  }

  void receipts(int count) {
    receipts.increment(count);
  }

  void shed() {
    shed.increment();
  }

  private static Counter counter(MeterRegistry meters, Mode mode, String name, String description) {
    return Counter.builder("parley.fanout." + name)
        .description(description)
        .tag("mode", mode.word())
        .register(meters);
  }
}
