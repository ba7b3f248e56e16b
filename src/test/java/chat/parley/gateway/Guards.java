package chat.parley.gateway;

import chat.parley.limit.ClusterBuckets;
import chat.parley.limit.Limit;
import chat.parley.limit.Limiter;
import chat.parley.limit.Rate;
import chat.parley.limit.RateSettings;
import chat.parley.overload.LoopLag;
import chat.parley.overload.Overload;
import chat.parley.overload.OverloadSettings;
import chat.parley.overload.Signal;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.random.RandomGenerator;

/** Guards of a gateway that is alone in its cluster. */
final class Guards {
  private Guards() {}

  /** One with the usual limits and a node that nothing makes busy but its sends. */
  static EdgeGuard usual(MeterRegistry meters) {
    return of(RateSettings.defaults(), load(List.of(), meters), meters);
  }

  static EdgeGuard of(RateSettings rates, Overload load, MeterRegistry meters) {
    return new EdgeGuard(
        rates,
        new Limiter(rates, new NoCluster(), () -> 1, System::nanoTime, 150, meters),
        load,
        new LoopLag(System::nanoTime, meters),
        OverloadSettings.defaults().syncsAtOnce(),
        meters);
  }

  static Overload load(List<Signal> signals, MeterRegistry meters) {
    return new Overload(
        OverloadSettings.defaults(),
        signals,
        System::nanoTime,
        RandomGenerator.getDefault(),
        meters);
  }

  /** Who is alone asks nobody. */
  private static final class NoCluster implements ClusterBuckets {
    @Override
    public Future<Long> take(Limit limit, String id, Rate rate, long wanted) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> probe() {
      throw new UnsupportedOperationException();
    }
  }
}
