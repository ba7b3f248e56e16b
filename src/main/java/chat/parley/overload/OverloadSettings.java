package chat.parley.overload;

import java.util.function.DoubleSupplier;

/**
 * What one node bears.
 *
 * @param sendsInFlight sends that a gateway ever has under way; more are refused as {@code
 *     overloaded}
 * @param sendDelayMs how long half of the sends may take; while they take longer a gateway has
 *     fewer under way
 * @param loopLagMs how late an event loop may come, on average, before sends are refused
 * @param heapPercent how full the heap of long-lived objects may be after a collection, before
 *     sends are refused
 * @param streamBacklog changes that wait for the stream, before everything but sends is given up
 * @param syncsAtOnce questions for those who have come back that a gateway asks at the same time
 */
public record OverloadSettings(
    int sendsInFlight,
    long sendDelayMs,
    long loopLagMs,
    int heapPercent,
    long streamBacklog,
    int syncsAtOnce) {
  /** What holds where the operator says nothing. */
  public static OverloadSettings defaults() {
    return new OverloadSettings(512, 120, 1_500, 95, 20_000, 16);
  }

  /** The signal of what waits for the stream: sends do not need it, so they go on. */
  public Signal streamSignal(DoubleSupplier backlog) {
    return new Signal("stream", backlog, streamBacklog / 4.0, streamBacklog, Work.PROJECTIONS);
  }
}
