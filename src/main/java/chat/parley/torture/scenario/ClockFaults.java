package chat.parley.torture.scenario;

import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.FalseClock;
import chat.parley.devcluster.NodeMeters;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What happens to a node's idea of the time. */
final class ClockFaults {
  /**
   * An hour, as a wrong time zone has it, and some minutes more: Kafka's brokers refuse records
   * whose time is more than an hour ahead of theirs.
   */
  private static final Duration OFF = Duration.ofMinutes(65);

  private static final Duration ABOUT = Duration.ofMinutes(1);

  /** To start and to be given shards by the others. */
  private static final Duration PART_WITHIN = Duration.ofMinutes(3);

  private static final Duration TALK = Duration.ofSeconds(6);
  private static final String AHEAD = "parley_cluster_clock_ahead_seconds";
  private static final String HELD = "parley_log_shards_held";

  private ClockFaults() {}

  /** What was written under the false time is altered under the true one, and the other way. */
  static void falseClock(Stage stage, int round) throws InterruptedException {
    DevNode node = stage.owner();
    FalseClock falseClock = FalseClock.build(node.log().toAbsolutePath().getParent());
    for (Duration off : List.of(OFF, OFF.negated(), Duration.ZERO)) {
      Injection clock = stage.begin(node.name(), "restarted with a clock that is " + named(off));
      node.stop();
      node.start(off.isZero() ? Map.of() : falseClock.environment(off));
      stage.holdUntil(() -> takesPart(node), PART_WITHIN);
      stage.hold(TALK);
      showClock(clock, node, off);
      clock.over();
    }
  }

  private static String named(Duration off) {
    return off.isZero()
        ? "right"
        : OFF.toMinutes() + " min " + (off.isNegative() ? "behind" : "ahead");
  }

  private static boolean takesPart(DevNode node) {
    return node.hasStarted() && NodeMeters.of(node).sum(HELD) > 0;
  }

  private static void showClock(Injection injection, DevNode node, Duration off) {
    if (!takesPart(node)) {
      return;
    }
    NodeMeters meters = NodeMeters.of(node);
    Duration ahead = Duration.ofSeconds(meters.sum(AHEAD));
    if (ahead.minus(off).abs().compareTo(ABOUT) < 0) {
      injection.seen(
          "it is %d s ahead of the cluster, and owns %d shards"
              .formatted(ahead.toSeconds(), meters.sum(HELD)));
    }
  }
}
