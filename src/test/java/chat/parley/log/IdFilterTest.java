package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdFilterTest {
  @Test
  void itKnowsAllThatWasAddedAndMostlyNothingElse() {
    IdFilter filter = new IdFilter();
    assertThat(filter.mayKnow("k0")).isFalse();

    IntStream.range(0, 10_000).forEach(i -> filter.add("k" + i));

    assertThat(IntStream.range(0, 10_000).filter(i -> !filter.mayKnow("k" + i))).isEmpty();
    assertThat(IntStream.range(10_000, 110_000).filter(i -> filter.mayKnow("k" + i)).count())
        .as("of 100,000 new ones")
        .isLessThan(100);
  }
}
