package chat.parley.gateway;

import chat.parley.limit.Allowance;
import chat.parley.limit.Limiter;
import chat.parley.limit.RateSettings;
import chat.parley.overload.LoopLag;
import chat.parley.overload.Overload;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * What keeps a gateway calm: who calls and what they may, how much the node can still do, what
 * waits for slow readers, and whose turn it is. One a gateway, for sockets and REST together.
 */
public final class EdgeGuard {
  private final Callers callers;
  private final EdgeLimits limits;
  private final Overload load;
  private final LoopLag lag;
  private final Arrivals arrivals;
  private final SyncTurns syncs;
  private final WaitingBytes waiting = new WaitingBytes();

  /**
   * A gateway's guard.
   *
   * @param lag what watches event loops for {@code load}
   * @param syncsAtOnce questions that are asked at a time for devices that were away
   */
  public EdgeGuard(
      RateSettings rates,
      Limiter limiter,
      Overload load,
      LoopLag lag,
      int syncsAtOnce,
      MeterRegistry meters) {
    this.callers = new Callers(rates);
    this.limits = new EdgeLimits(limiter);
    this.load = load;
    this.lag = lag;
    this.syncs = new SyncTurns(syncsAtOnce, meters);
    this.arrivals =
        new Arrivals(
            rates.arrivals().map(rate -> Allowance.full(rate, System::nanoTime)),
            load,
            syncs,
            meters);
  }

  /** Watches the event loop of this context: it is the gateway's. */
  void watch(Vertx vertx, Context context) {
    lag.watch(vertx, context);
    syncs.timedBy(
        (delayMs, deed) -> {
          long timer = vertx.setTimer(delayMs, fired -> deed.run());
          return () -> vertx.cancelTimer(timer);
        });
  }

  Callers callers() {
    return callers;
  }

  EdgeLimits limits() {
    return limits;
  }

  Overload load() {
    return load;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  SyncTurns syncs() {
    return syncs;
  }

  WaitingBytes waiting() {
    return waiting;
  }
}
