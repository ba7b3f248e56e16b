package chat.parley.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

final class StoreGateTest {
  private static final FailureException AWAY =
      new FailureException(Failure.UNAVAILABLE, "away", 1_000);

  private final StoreGate gate = new StoreGate();
  private final Promise<String> store = Promise.promise();

  @Test
  void anOpenGateLetsAnOutcomeThrough() {
    Future<String> waits = gate.guard(store::future);
    store.complete("done");
    assertThat(waits.result()).isEqualTo("done");
    assertThat(gate.guard(() -> Future.failedFuture("no")).cause()).hasMessage("no");
  }

  @Test
  void aShutGateRefusesAtOnceAndDoesNothing() {
    gate.shut(AWAY);
    Future<String> refused =
        gate.guard(
            () -> {
              throw new AssertionError("the work was begun");
            });
    assertThat(refused.cause()).isSameAs(AWAY);
  }

  @Test
  void whoWaitsIsToldWhenItShutsAndTheWorkGoesOn() {
    Future<String> waits = gate.guard(store::future);
    gate.shut(AWAY);
    assertThat(waits.cause()).isSameAs(AWAY);
    assertThat(store.tryComplete("done")).isTrue();
    assertThat(waits.cause()).isSameAs(AWAY);
  }

  @Test
  void whatHasBegunIsLeftAloneWhereNobodyIsToBeTold() {
    Future<String> begun = gate.pass(store::future);
    gate.shut(AWAY);
    assertThat(begun.isComplete()).isFalse();
    assertThat(gate.pass(store::future).cause()).isSameAs(AWAY);
    store.complete("done");
    assertThat(begun.result()).isEqualTo("done");
    assertThat(gate.refused()).isEqualTo(1);
  }

  @Test
  void anOpenedGateLetsThroughAgain() {
    gate.shut(AWAY);
    gate.open();
    assertThat(gate.guard(() -> Future.succeededFuture("done")).result()).isEqualTo("done");
  }
}
