package chat.parley.replay;

import org.HdrHistogram.Histogram;

/** Percentiles of a latency in ms; all 0 where nothing was measured. */
public record Latency(long count, double p50, double p95, double p99, double max) {

  static Latency of(Histogram micros) {
    return new Latency(
        micros.getTotalCount(),
        micros.getValueAtPercentile(50) / 1000.0,
        micros.getValueAtPercentile(95) / 1000.0,
        micros.getValueAtPercentile(99) / 1000.0,
        micros.getMaxValue() / 1000.0);
  }
}
