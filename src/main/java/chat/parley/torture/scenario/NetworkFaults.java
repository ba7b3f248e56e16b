package chat.parley.torture.scenario;

import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.DevProxies;
import chat.parley.devcluster.Fault;
import chat.parley.devcluster.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What happens to the ways between nodes and stores. */
final class NetworkFaults {
  private static final Duration SWALLOWING = Duration.ofSeconds(6);
  private static final Duration CUT_OFF = Duration.ofSeconds(12);

  /** Some eight seconds, and more on a busy machine. */
  private static final Duration MOVED_WITHIN = Duration.ofSeconds(60);

  private static final Duration SPLIT = Duration.ofSeconds(20);
  private static final Duration SLOW = Duration.ofSeconds(15);
  private static final List<Duration> LATE_EACH_WAY =
      List.of(Duration.ofMillis(100), Duration.ofMillis(1_500));

  private NetworkFaults() {}

  /** The writes are done and nobody is told: their outcome is unknown to who asked for them. */
  static void swallowWrites(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    onTheWay(
        stage,
        owner.name(),
        "Cassandra's answers are swallowed",
        List.of(stage.proxies().cassandra(owner)),
        Fault.SWALLOW_RESPONSES,
        () -> stage.hold(SWALLOWING));
  }

  private record Cut(String what, Fault fault) {}

  private static final List<Cut> CUTS =
      List.of(
          new Cut("no packet between it and Cassandra", Fault.BLACK_HOLE),
          new Cut("Cassandra does not hear it", Fault.deaf()),
          new Cut("it does not hear Cassandra", Fault.mute()),
          new Cut("connections to Cassandra are reset", Fault.CUT));

  static void ownerCutFromCassandra(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    Cut cut = CUTS.get(round % CUTS.size());
    onTheWay(
        stage,
        owner.name(),
        cut.what(),
        List.of(stage.proxies().cassandra(owner)),
        cut.fault(),
        () -> {
          stage.hold(CUT_OFF);
          if (!stage.holdUntilTakenOver(owner, MOVED_WITHIN)) {
            throw new TortureException(
                owner.name() + " is without Cassandra, and nobody takes its conversations over");
          }
        });
  }

  /** How long something lasts. */
  private interface Time {
    void passes() throws InterruptedException;
  }

  static void slowCassandra(Stage stage, int round) throws InterruptedException {
    Duration late = LATE_EACH_WAY.get(round % LATE_EACH_WAY.size());
    onTheWay(
        stage,
        "Cassandra",
        late.toMillis() + " ms later, each way",
        stage.nodes().stream().map(stage.proxies()::cassandra).toList(),
        Fault.late(late),
        () -> stage.hold(SLOW));
  }

  private static void onTheWay(
      Stage stage, String target, String what, List<FaultProxy> proxies, Fault fault, Time time)
      throws InterruptedException {
    Injection injection = stage.begin(target, what);
    long before = touched(proxies);
    proxies.forEach(proxy -> proxy.set(fault));
    try {
      time.passes();
      showTouched(injection, proxies, before);
    } finally {
      proxies.forEach(FaultProxy::heal);
    }
    injection.over();
  }

  static void partition(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    DevProxies proxies = stage.proxies();
    List<FaultProxy> ways =
        stage.nodes().stream()
            .flatMap(node -> Stream.of(proxies.members(node), proxies.bus(node)))
            .toList();
    Injection split =
        stage.beginParting(owner.name(), "cut from all other nodes, not from the stores");
    long before = touched(ways);
    proxies.isolate(owner, stage.nodes());
    stage.hold(SPLIT);
    showTouched(split, ways, before);
    ways.forEach(FaultProxy::heal);
    split.over();
  }

  private static long touched(List<FaultProxy> proxies) {
    return proxies.stream().mapToLong(FaultProxy::touched).sum();
  }

  private static void showTouched(Injection injection, List<FaultProxy> proxies, long before) {
    long touched = touched(proxies) - before;
    if (touched > 0) {
      injection.seen(touched + " pieces of traffic met it");
    }
  }
}
