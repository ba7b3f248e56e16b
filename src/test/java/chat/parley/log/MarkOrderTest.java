package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MarkOrderTest {
  @Test
  void whatAnOwnerDoesLaterOutweighsWhatItDidBefore() {
    MarkOrder order = new MarkOrder();
    assertThat(order.next(7)).isLessThan(order.next(7));
  }

  @Test
  void anHeirOutweighsAllThatItsForerunnerDid() {
    MarkOrder busy = new MarkOrder();
    for (int i = 0; i < 100_000; i++) {
      busy.next(7);
    }
    assertThat(new MarkOrder().next(8)).isGreaterThan(busy.next(7));
  }

  @Test
  void marksOfTheTimeBeforeWereByTheClock() {
    long micros = Instant.parse("2200-01-01T00:00:00Z").toEpochMilli() * 1_000;
    assertThat(new MarkOrder().next(1)).isGreaterThan(micros);
  }

  @Test
  void millionsOfEpochsAreNotTooMany() {
    assertThat(new MarkOrder().next(10_000_000)).isPositive();
  }
}
