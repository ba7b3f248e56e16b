package chat.parley.perf;

import chat.parley.bus.FailureException.Scope;
import chat.parley.limit.Charge;
import chat.parley.limit.ClusterBuckets;
import chat.parley.limit.Kind;
import chat.parley.limit.Limit;
import chat.parley.limit.Limiter;
import chat.parley.limit.Rate;
import chat.parley.limit.RateSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the check of a message costs a gateway of three: all six charges of a send, by very many
 * users in turn, none of whom uses up a node's share. A question to the grid would be an error.
 */
@Command(name = "limit-cost", description = "what the check of a message costs the event loop")
final class LimitCost implements Callable<Integer> {
  private static final int ROUNDS = 5;

  @Option(names = "--users", description = "in turn (${DEFAULT-VALUE})")
  private int users = 10_000;

  @Option(names = "--checks", description = "of a round (${DEFAULT-VALUE})")
  private int checks = 400_000;

  private long simulatedNanos;

  @Override
  public Integer call() {
    Limiter limiter =
        new Limiter(
            RateSettings.defaults(),
            new NoGrid(),
            () -> 3,
            () -> simulatedNanos,
            Limiter.GRID_DEADLINE_MS,
            new SimpleMeterRegistry());
    for (int round = 0; round < ROUNDS; round++) {
      long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (int i = 0; i < checks; i++) {
        simulatedNanos += 1_000_000; // a thousand messages a second
        if (limiter.take(charges(i % users)).failed()) {
          throw new IllegalStateException("somebody was refused");
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%.2f us of a processor a message%n",
          (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun)
              / 1_000.0
              / checks);
    }
    return 0;
  }

  private static List<Charge> charges(int user) {
    String id = "user-" + user;
    String address = "10.0." + user / 250 + "." + user % 250;
    return List.of(
        new Charge(new Limit(Scope.DEVICE, Kind.MESSAGES), id + "/phone", 1),
        new Charge(new Limit(Scope.USER, Kind.MESSAGES), id, 1),
        new Charge(new Limit(Scope.IP, Kind.MESSAGES), address, 1),
        new Charge(new Limit(Scope.DEVICE, Kind.BYTES), id + "/phone", 150),
        new Charge(new Limit(Scope.USER, Kind.BYTES), id, 150),
        new Charge(new Limit(Scope.IP, Kind.BYTES), address, 150));
  }

  private static final class NoGrid implements ClusterBuckets {
    @Override
    public Future<Long> take(Limit limit, String id, Rate rate, long wanted) {
      return Future.failedFuture("asked");
    }

    @Override
    public Future<Void> probe() {
      return Future.failedFuture("asked");
    }
  }
}
