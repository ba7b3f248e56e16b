package chat.parley.bus;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.FailureException.Scope;
import org.junit.jupiter.api.Test;

class RefusalTest {
  @Test
  void aRefusalArrivesAsItWasMeant() {
    FailureException slow =
        new FailureException(
            Failure.RATE_LIMITED, "one | in\n10 seconds", 1_500, Scope.CONVERSATION);
    FailureException read = Refusal.read(Failure.RATE_LIMITED, Refusal.write(slow));
    assertThat(read.getMessage()).isEqualTo("one | in\n10 seconds");
    assertThat(read.retryAfterMs()).isEqualTo(1_500);
    assertThat(read.scope()).isEqualTo(Scope.CONVERSATION);

    FailureException plain =
        Refusal.read(Failure.CONFLICT, Refusal.write(new FailureException(Failure.CONFLICT, "no")));
    assertThat(plain.getMessage()).isEqualTo("no");
    assertThat(plain.scope()).isNull();
  }

  @Test
  void whatAnotherVersionSaysIsStillARefusal() {
    assertThat(Refusal.read(Failure.RATE_LIMITED, "7:PLANET|far").retryAfterMs()).isEqualTo(7);
    assertThat(Refusal.read(Failure.RATE_LIMITED, "7:PLANET|far").scope()).isNull();
    assertThat(Refusal.read(Failure.INTERNAL, "in no form").getMessage()).isEqualTo("in no form");
  }
}
