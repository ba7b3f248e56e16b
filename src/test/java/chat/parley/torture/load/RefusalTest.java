package chat.parley.torture.load;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ProblemException;
import org.junit.jupiter.api.Test;

class RefusalTest {
  @Test
  void whatMayBeAskedForAgainIsNotRefused() {
    assertThat(Refusal.code(new ProblemException(403, "forbidden", null, false, 0)))
        .contains("forbidden");
    assertThat(Refusal.code(new ProblemException(503, "overloaded", null, true, 0))).isEmpty();
    assertThat(Refusal.code(new ProblemException(401, "unauthenticated", null, false, 0)))
        .isEmpty();
    assertThat(Refusal.code(new IllegalStateException("not connected"))).isEmpty();
  }
}
