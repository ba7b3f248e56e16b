package chat.parley.perf;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Percentiles in milliseconds; all 0 where nothing was measured. */
record Latency(double p50, double p95, double p99, double max) {
  private static final long LONGEST_MICROS = 120_000_000L;
  private static final double MICROS = 1_000.0;

  static Histogram histogram() {
    return new Histogram(LONGEST_MICROS, 3);
  }

  /** Notes a wait from {@code since} until {@code until}, both monotonic nanoseconds. */
  static void note(Histogram micros, long since, long until) {
    micros.recordValue(Math.min(LONGEST_MICROS, Math.max(0, (until - since) / 1_000)));
  }

  static Latency of(Histogram micros) {
    return new Latency(
        micros.getValueAtPercentile(50) / MICROS,
        micros.getValueAtPercentile(95) / MICROS,
        micros.getValueAtPercentile(99) / MICROS,
        micros.getMaxValue() / MICROS);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f / %.1f / %.1f / %.0f", p50, p95, p99, max);
  }
}
