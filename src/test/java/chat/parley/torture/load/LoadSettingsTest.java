package chat.parley.torture.load;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LoadSettingsTest {
  @Test
  void refusesWhatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LoadSettings(1, 10, 4, 2, 4, 3, 1, 3, 10))
        .withMessageContaining("4 people have no 7 pairs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LoadSettings(1, 10, 4, 2, 4, 2, 1, 5, 10))
        .withMessageContaining("a group has 3 to 4 members");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadSettings.of(1).withRate(0))
        .withMessageContaining("one message a second");
  }
}
