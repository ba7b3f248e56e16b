package chat.parley.turns;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final int MANY = 200_000;

  private final AtomicInteger rounds = new AtomicInteger();

  private boolean more() {
    return rounds.incrementAndGet() < MANY;
  }

  @Test
  void anyNumberOfRoundsThatEndAtOnceFitsOnAStack() {
    Future<Void> done = Rounds.whileMore(() -> Future.succeededFuture(more()));

    assertThat(done.succeeded()).isTrue();
    assertThat(rounds).hasValue(MANY);
  }

  @Test
  void anyNumberOfRoundsThatEndLaterDoesToo() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Promise<Void> done = Promise.promise();
      vertx.runOnContext(
          go ->
              Rounds.whileMore(
                      () -> {
                        Promise<Boolean> round = Promise.promise();
                        vertx.runOnContext(later -> round.complete(more()));
                        return round.future();
                      })
                  .onComplete(done));

      done.future().await(60, TimeUnit.SECONDS);
      assertThat(rounds).hasValue(MANY);
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void aRoundBeginsWhenTheLastHasEndedAndTheFirstFailureEndsAll() {
    Deque<Promise<Boolean>> open = new ArrayDeque<>();
    Future<Void> done =
        Rounds.whileMore(
            () -> {
              open.add(Promise.promise());
              return open.getLast().future();
            });
    assertThat(open).hasSize(1);
    open.getLast().complete(true);
    assertThat(open).hasSize(2);
    assertThat(done.isComplete()).isFalse();

    open.getLast().fail("no more");

    assertThat(open).hasSize(2);
    assertThat(done.cause()).hasMessage("no more");
  }

  @Test
  void whatIsThrownIsAFailureToo() {
    Future<Void> done =
        Rounds.whileMore(
            () -> {
              throw new IllegalStateException("thrown");
            });

    assertThat(done.cause()).hasMessage("thrown");
  }
}
