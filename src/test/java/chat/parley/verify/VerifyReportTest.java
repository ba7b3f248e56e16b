package chat.parley.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The last line says no more than was looked at. */
class VerifyReportTest {
  private static final StreamCoverage WHOLE = new StreamCoverage(3, 0, 0, 0, 0, 0, 0);
  private static final StreamCoverage PART = new StreamCoverage(2, 1, 1, 0, 0, 0, 0);

  private static VerifyReport report(
      StreamCoverage coverage, String streamAway, List<Finding> findings) {
    return new VerifyReport(1, 3, 3, 1, 2, 0, 3, coverage, streamAway, List.of(), findings, 0, 100);
  }

  private static String lastLine(VerifyReport report) {
    List<String> lines = report.table().lines().toList();
    return lines.get(lines.size() - 1);
  }

  @Test
  void whatIsCleanIsSaidOfWhatWasCompared() {
    assertThat(lastLine(report(WHOLE, "", List.of()))).isEqualTo("nothing is wrong");
    assertThat(lastLine(report(PART, "", List.of())))
        .isEqualTo("nothing is wrong with what was compared");
  }

  @Test
  void aStreamThatWasNotComparedIsNotSaidToBeRight() {
    VerifyReport away = report(StreamCoverage.NONE, "the brokers do not answer", List.of());

    assertThat(lastLine(away))
        .isEqualTo("nothing is wrong with what was compared; the stream was not compared");
    assertThat(away.table()).contains("The stream was not looked at: the brokers do not answer");
    assertThat(away.exitCode()).isZero();
  }

  @Test
  void whatIsWrongIsWrongWithoutTheStreamToo() {
    Finding hole = new Finding(Fault.HOLE, "c", 3, "", "there is no row", "SELECT");
    VerifyReport wrong = report(StreamCoverage.NONE, "not asked for", List.of(hole));

    assertThat(lastLine(wrong)).isEqualTo("FAULTS: 1");
    assertThat(wrong.exitCode()).isEqualTo(1);
  }
}
