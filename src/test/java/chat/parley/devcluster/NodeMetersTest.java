package chat.parley.devcluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeMetersTest {
  private static final NodeMeters METERS =
      new NodeMeters(
          List.of(
              "# HELP parley_takeovers_total what",
              "parley_takeovers_total{reason=\"dead\"} 3.0",
              "parley_takeovers_total{reason=\"free\"} 40.0",
              "parley_takeovers_total_more 100.0",
              "parley_log_conversations 12.0"));

  @Test
  void addsUpTheSeriesOfOneMeter() {
    assertThat(METERS.sum("parley_takeovers_total")).isEqualTo(43);
    assertThat(METERS.sum("parley_takeovers_total", "reason=\"dead\"")).isEqualTo(3);
    assertThat(METERS.sum("parley_log_conversations")).isEqualTo(12);
    assertThat(METERS.sum("parley_absent")).isZero();
  }
}
