package chat.parley.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.StoreGate;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the gate is shut and opened, by what a store of the test's own answers. */
final class StoreWatchTest {
  private static final long PATIENCE_MS = 600;
  private static final long ENOUGH_PATIENCES_MS = 5 * PATIENCE_MS;

  private final Vertx vertx = Vertx.vertx();
  private final Answers answers = new Answers();
  private final StoreGate gate = new StoreGate();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private volatile boolean answering = true;
  private volatile Promise<Void> stuck = Promise.promise();

  @AfterEach
  void end() {
    vertx.close().await();
  }

  @Test
  void aStoreThatAnswersNothingShutsTheGateAndItsFirstAnswerOpensIt() {
    answering = false;
    watch();
    answers.watch(Promise.promise().future());
    soon().until(() -> !gate.isOpen());
    FailureException refusal = (FailureException) gate.pass(Future::<Void>succeededFuture).cause();
    assertThat(refusal.failure()).isEqualTo(Failure.UNAVAILABLE);
    assertThat(refusal.retryAfterMs()).isPositive();

    answering = true;
    stuck.complete();
    soon().until(gate::isOpen);
    assertThat(mostAtOnce).hasValue(1);
  }

  @Test
  void aStoreWhoseRequestsFailAtOnceIsAwayAsWell() {
    answering = false;
    stuck.fail(new DriverTimeoutException("away"));
    watch();
    answers.watch(Future.failedFuture(new DriverTimeoutException("away")));
    soon().until(() -> !gate.isOpen());

    answering = true;
    soon().until(gate::isOpen);
  }

  @Test
  void aStoreThatIsSlowWithOneRequestButAnswersOthersKeepsTheGateOpen() {
    watch();
    answers.watch(Promise.promise().future());
    staysOpen();
    assertThat(asked.get()).isPositive();
  }

  @Test
  void aStoreThatNobodyAsksIsNotAway() {
    answering = false;
    watch();
    staysOpen();
    assertThat(asked).hasValue(0);
  }

  private void watch() {
    new StoreWatch(vertx, answers, gate, this::small, PATIENCE_MS);
  }

  private Future<?> small() {
    asked.incrementAndGet();
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    Future<Void> answer = answering ? vertx.timer(50).mapEmpty() : stuck.future();
    return answer.onComplete(done -> atOnce.decrementAndGet());
  }

  private void staysOpen() {
    Awaitility.await()
        .during(ENOUGH_PATIENCES_MS, TimeUnit.MILLISECONDS)
        .atMost(1, TimeUnit.MINUTES)
        .until(gate::isOpen);
  }

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(1, TimeUnit.MINUTES);
  }
}
