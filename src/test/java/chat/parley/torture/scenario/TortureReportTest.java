package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;

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
    TortureReport report = new TortureReport(List.of(SKIPPED));
    assertThat(report.exitCode()).isEqualTo(TortureReport.INCOMPLETE);
    assertThat(report.isRed()).isFalse();
    assertThat(report.table())
        .contains("skipped: needs a sh, to freeze processes (SIGSTOP)")
        .contains("0 sound, 0 red, 0 broken off, 1 skipped");
  }

  @Test
  void whatBrokeOffIsRedWhateverElseWas() {
    TortureReport report = new TortureReport(List.of(SKIPPED, BROKEN));
    assertThat(report.exitCode()).isEqualTo(TortureReport.RED);
    assertThat(report.table()).contains("broken: n1 is not ready");
    assertThat(report.json().getJsonArray("scenarios").getJsonObject(1).getString("verdict"))
        .isEqualTo("broken");
  }
}
