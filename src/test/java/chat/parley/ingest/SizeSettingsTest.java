package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizeSettingsTest {
  private final SizeSettings sizes = new SizeSettings(8, 5);

  @Test
  void itBecomesLargeAboveAndSmallBelowAndInBetweenStaysWhatItWas() {
    assertThat(sizes.largeSince(0, 10, 8)).isZero();
    assertThat(sizes.largeSince(0, 11, 9)).isEqualTo(11);
    assertThat(sizes.largeSince(11, 12, 9)).isEqualTo(11);
    assertThat(sizes.largeSince(11, 13, 6)).isEqualTo(11);
    assertThat(sizes.largeSince(11, 14, 5)).isEqualTo(11);
    assertThat(sizes.largeSince(11, 15, 4)).isZero();
    assertThat(sizes.largeSince(0, 16, 6)).isZero();
    assertThat(sizes.largeSince(0, 17, 9)).isEqualTo(17);
  }
}
