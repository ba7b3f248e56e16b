package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScenarioTest {
  @Test
  void eachIsFoundByItsWord() {
    assertThat(Scenario.values())
        .allSatisfy(each -> assertThat(Scenario.named(each.word())).contains(each));
    assertThat(Stream.of(Scenario.values()).map(Scenario::word)).doesNotHaveDuplicates();
    assertThat(Scenario.named("kill-owner")).contains(Scenario.KILL_OWNER);
    assertThat(Scenario.named("KILL_OWNER")).isEmpty();
  }

  @Test
  void oneConversationMayWaitAtLeastAsLongAsAll() {
    assertThat(Scenario.values())
        .allSatisfy(
            each ->
                assertThat(each.longestAckGapOfOne())
                    .isGreaterThanOrEqualTo(each.longestAckGap())
                    .isPositive());
  }
}
