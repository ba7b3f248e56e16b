package chat.parley.torture.scenario;

import chat.parley.torture.load.BurstCount;
import java.time.Duration;

/** What people do to each other. */
final class MemberFaults {
  private static final Duration BURST = Duration.ofSeconds(12);

  private MemberFaults() {}

  /** Nothing is broken: the harm is in the pace. */
  static void removeUnderBurst(Stage stage, int round) throws InterruptedException {
    Injection removals = stage.begin("members", "removals under a burst");
    BurstCount count = stage.burst(BURST);
    if (count.removals() > 0 && count.sends() > 0) {
      removals.seen(
          "%d removals among %d messages in %d s"
              .formatted(count.removals(), count.sends(), BURST.toSeconds()));
    }
    removals.over();
  }
}
