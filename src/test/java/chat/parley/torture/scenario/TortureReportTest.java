package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.check.Figures;
import chat.parley.torture.check.Judgement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TortureReportTest {
  private static final Outcome SKIPPED =
      Outcome.skipped(Scenario.PAUSE_OWNER, 7, "needs a sh, to freeze processes (SIGSTOP)");
  private static final Outcome BROKEN =
      Outcome.broken(
          Scenario.KILL_OWNER, 7, Path.of("history"), Duration.ofSeconds(3), "n1 is not ready");

  @Test
  void whatWasSkippedIsNeverGreenAndSaysWhy() {
    TortureReport report = new TortureReport(List.of(SKIPPED), List.of());
    assertThat(report.exitCode()).isEqualTo(TortureReport.INCOMPLETE);
    assertThat(report.isRed()).isFalse();
    assertThat(report.table())
        .contains("skipped: needs a sh, to freeze processes (SIGSTOP)")
        .contains("0 sound, 0 red, 0 broken off, 1 skipped");
  }

  private static Outcome judged(Scenario scenario, long seed, int acked, int gapSeconds) {
    Duration gap = Duration.ofSeconds(gapSeconds);
    Figures figures =
        new Figures(
            acked, acked, 0, 0, 0, 0, 0, 0, 0, 0, 2, gap, Duration.ZERO, gap, "c", Duration.ZERO);
    return Outcome.judged(
        scenario,
        seed,
        Path.of("history"),
        Duration.ofSeconds(20),
        new Judgement(List.of(), figures));
  }

  @Test
  void severalSeedsAreSummedUpByScenario() {
    TortureReport report =
        new TortureReport(
            List.of(
                judged(Scenario.KILL_OWNER, 7, 100, 3),
                judged(Scenario.PARTITION, 7, 10, 1),
                judged(Scenario.KILL_OWNER, 8, 200, 2)),
            List.of());

    assertThat(report.exitCode()).isEqualTo(TortureReport.SOUND);
    assertThat(report.table().lines())
        .anyMatch(line -> line.matches("kill-owner +2 +300 +4 +3.0s +40s +2 sound"))
        .anyMatch(line -> line.matches("partition +1 +10 +2 +1.0s +20s +1 sound"));
    assertThat(new TortureReport(report.outcomes().subList(0, 2), List.of()).table())
        .doesNotContain("verdicts");
  }

  @Test
  void whatIsWrongInTheEndIsRedThoughEveryScenarioIsSound() {
    TortureReport report =
        new TortureReport(
            List.of(judged(Scenario.KILL_OWNER, 7, 100, 3)), List.of("hole: c number 3"));

    assertThat(report.exitCode()).isEqualTo(TortureReport.RED);
    assertThat(report.table()).contains("hole: c number 3");
    assertThat(report.json().getJsonArray("wrongInTheEnd")).containsExactly("hole: c number 3");
  }

  @Test
  void whatBrokeOffIsRedWhateverElseWas() {
    TortureReport report = new TortureReport(List.of(SKIPPED, BROKEN), List.of());
    assertThat(report.exitCode()).isEqualTo(TortureReport.RED);
    assertThat(report.table()).contains("broken: n1 is not ready");
    assertThat(report.json().getJsonArray("scenarios").getJsonObject(1).getString("verdict"))
        .isEqualTo("broken");
  }
}
