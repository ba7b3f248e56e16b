package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.devcluster.NodeMeters;
import java.util.List;
import org.junit.jupiter.api.Test;

class WholenessTest {
  private static NodeMeters lags(int fanout, int inbox) {
    return new NodeMeters(
        List.of(
            "# HELP parley_kafka_consumer_lag what",
            "parley_relay_backlog 0.0",
            "parley_kafka_consumer_lag{group=\"fanout\",} " + (double) fanout,
            "parley_kafka_consumer_lag{group=\"inbox\",} " + (double) inbox));
  }

  @Test
  void nothingMayWaitInTheStream() {
    assertThat(Wholeness.waiting(List.of(lags(0, 0), lags(0, 0)))).isEmpty();
    assertThat(Wholeness.waiting(List.of(lags(0, 2), lags(3, 0))))
        .containsExactly("parley_kafka_consumer_lag is 5");
  }

  @Test
  void aConsumerThatCannotReadHasNotReadAll() {
    assertThat(Wholeness.waiting(List.of(lags(0, 0), lags(-1, 0))))
        .containsExactly("parley_kafka_consumer_lag is not known");
    assertThat(Wholeness.waiting(List.of(lags(0, 1), lags(-1, 0))))
        .as("it does not make up for another's lag")
        .containsExactly("parley_kafka_consumer_lag is not known");
  }
}
