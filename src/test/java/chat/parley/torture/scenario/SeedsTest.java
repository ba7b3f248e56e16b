package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {
  @Test
  void oneOrAllFromOneToAnother() {
    assertThat(Seeds.parse("4711")).isEqualTo(new Seeds(4711, 1)).hasToString("4711");
    Seeds some = Seeds.parse("3..5");
    assertThat(some.each().boxed().toList()).isEqualTo(List.of(3L, 4L, 5L));
    assertThat(some).hasToString("3..5");
  }

  @Test
  void refusesWhatIsNoSeed() {
    for (String text : List.of("", "x", "-1", "5..3", "1..", "1..2..3", "1234567890123456789")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Seeds.parse(text));
    }
  }
}
