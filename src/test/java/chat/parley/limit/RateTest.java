package chat.parley.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RateTest {
  @Test
  void aRateIsReadAndWrittenInOneForm() {
    assertThat(Rate.parse(" 60+5 / s")).isEqualTo(new Rate(60, 5, Duration.ofSeconds(1)));
    for (String text : new String[] {"60 + 5/s", "10 + 2/m", "1048576 + 32768/h"}) {
      assertThat(Rate.parse(text)).hasToString(text);
    }
    for (String wrong : new String[] {"", "60", "0 + 5/s", "60 + 0/s", "60 + 5/d", "-1 + 5/s"}) {
      assertThatThrownBy(() -> Rate.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(RateSettings.read("off")).isEmpty();
  }

  @Test
  void theSharesOfAllNodesAreHalfOfTheRateAndOneNodesShareIsAllOfIt() {
    Rate rate = Rate.parse("60 + 6/s");

    assertThat(rate.share(1)).contains(rate);
    assertThat(rate.share(3)).contains(new Rate(10, 6, Duration.ofSeconds(6)));
    assertThat(Rate.parse("5 + 1/s").share(3)).isEmpty();
  }
}
