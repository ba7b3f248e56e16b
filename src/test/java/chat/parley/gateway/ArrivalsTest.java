package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.limit.Allowance;
import chat.parley.limit.RateSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SyncTurns syncs = new SyncTurns(2, meters);
  private final Deque<Promise<Void>> asked = new ArrayDeque<>();
  private final Arrivals arrivals =
      new Arrivals(
          RateSettings.defaults().arrivals().map(rate -> Allowance.full(rate, System::nanoTime)),
          Guards.load(List.of(), meters),
          syncs,
          meters);

  @Test
  void whileVeryManyWaitForTheirSyncNobodyFurtherIsLetIn() {
    for (int i = 0; i < 2 + 31; i++) {
      begin();
    }
    assertThat(arrivals.refusal()).isEmpty();
    begin();
    assertThat(arrivals.refusal())
        .hasValueSatisfying(
            refusal -> {
              assertThat(refusal.failure()).isEqualTo(Failure.OVERLOADED);
              assertThat(refusal.retryAfterMs()).isBetween(1_000L, 5_000L);
            });

    asked.poll().complete();
    assertThat(arrivals.refusal()).isEmpty();
    assertThat(meters.get("parley.gateway.arrivals.refused").counter().count()).isEqualTo(1);
  }

  @Test
  void withoutALimitEverybodyIsLetIn() {
    Arrivals open = new Arrivals(Optional.empty(), Guards.load(List.of(), meters), syncs, meters);

    for (int i = 0; i < 10_000; i++) {
      assertThat(open.refusal()).isEmpty();
    }
  }

  private void begin() {
    syncs.begin(
        () -> {
          asked.add(Promise.promise());
          return asked.peekLast().future();
        });
  }
}
