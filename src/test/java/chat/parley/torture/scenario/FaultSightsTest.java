package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.devcluster.NodeExit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What counts as having happened, and how long a run waits for what it needs. */
class FaultSightsTest {
  private static Optional<NodeExit> ended(int code) {
    return Optional.of(new NodeExit("n1", 4711, code, List.of(), ""));
  }

  @Test
  void aNodeWasKilledIfItWasThereAndSignalNineEndedIt() {
    assertThat(Stage.isKilled(true, ended(137))).isTrue();
    assertThat(Stage.isKilled(true, ended(3))).as("it was just about to end itself").isFalse();
    assertThat(Stage.isKilled(true, Optional.empty())).as("it is still there").isFalse();
    assertThat(Stage.isKilled(false, ended(137))).as("it was killed before").isFalse();
  }

  @Test
  void eachScenarioThatWasPlayedGivesTheLastReadingItsTime() {
    assertThat(Venue.verifyWithin(0)).isEqualTo(Duration.ofMinutes(10));
    assertThat(Venue.verifyWithin(28)).isEqualTo(Duration.ofMinutes(17));
  }

  @Test
  void whateverBreaksAScenarioOffIsSaid() {
    assertThat(TortureRun.said(new TortureException("nobody takes over")))
        .isEqualTo("nobody takes over");
    assertThat(TortureRun.said(new IllegalStateException("of a kind")))
        .isEqualTo("java.lang.IllegalStateException: of a kind");
    assertThat(TortureRun.said(new NullPointerException()))
        .isEqualTo("java.lang.NullPointerException");
  }
}
