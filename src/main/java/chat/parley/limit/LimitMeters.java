package chat.parley.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** What an operator sees of the limits. */
public final class LimitMeters {
  private final MeterRegistry meters;
  private final Map<Limit, Counter> refused = new ConcurrentHashMap<>();
  private final Counter asked;
  private final Counter local;

  public LimitMeters(MeterRegistry meters) {
    this.meters = meters;
    this.asked =
        Counter.builder("parley.limit.grid.asked")
            .description("Questions to the grid, for those who had used up a node's own share")
            .register(meters);
    this.local =
        Counter.builder("parley.limit.local")
            .description("Decisions by this node's own limits because the grid did not answer")
            .register(meters);
  }

  void watch(BooleanSupplier gridIsWell) {
    Gauge.builder("parley.limit.grid.available", () -> gridIsWell.getAsBoolean() ? 1 : 0)
        .description("1 while the grid answers in time, 0 while limits are this node's own")
        .register(meters);
  }

  /** Somebody had too many. */
  public void refused(Limit limit) {
    refused
        .computeIfAbsent(
            limit,
            any ->
                Counter.builder("parley.limit.refused")
                    .description("What was refused because there was too much of it")
                    .tag("scope", limit.scope().name().toLowerCase(Locale.ROOT))
                    .tag("kind", limit.kind().word().replace('-', '_'))
                    .register(meters))
        .increment();
  }

  void asked() {
    asked.increment();
  }

  void local() {
    local.increment();
  }
}
