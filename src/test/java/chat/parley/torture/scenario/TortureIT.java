package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.load.LoadSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The short set: three nodes under load whose owners are killed, frozen and not answered. One seed,
 * so that a change is judged by what it changed; {@code parley torture} plays others.
 */
class TortureIT {
  private static final long SEED = 20_070_907;

  private static final List<Scenario> SHORT_SET =
      List.of(Scenario.KILL_OWNER, Scenario.PAUSE_OWNER, Scenario.SWALLOW_WRITES);

  /** Nine JVMs may share two slow cores here: this bound is only for what would never end. */
  private static final Duration LONGEST_ACK_GAP = Duration.ofSeconds(90);

  @Test
  void ownersThatAreKilledFrozenOrNotAnsweredBreakNoPromise() throws Exception {
    Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "torture-");
    TortureReport report =
        TortureRun.play(settings(folder), SHORT_SET, new Seeds(SEED, 1), System.out::println);
    System.out.println(report.table());
    assertThat(report.exitCode()).as(report.table()).isEqualTo(TortureReport.SOUND);
    RunFolder.remove(folder);
  }

  private static TortureSettings settings(Path folder) {
    return new TortureSettings(
        folder.resolve("cluster"),
        folder.resolve("histories"),
        Collections.nCopies(3, ""),
        new LoadSettings(SEED, 30, 8, 2, 8, 10, 3, 5, 12),
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        Duration.ofSeconds(90),
        Optional.of(LONGEST_ACK_GAP));
  }
}
