package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.event.StreamRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PatientHandlerTest {
  private static final TopicPartition ZERO = new TopicPartition("t", 0);
  private static final TopicPartition ONE = new TopicPartition("t", 1);

  private static final int ATTEMPTS = 3;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
  private final List<String> buried = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() throws Exception {
    got(vertx.close());
  }

  @Test
  void triesTheSameBatchAgainUntilItWorks() throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    PatientHandler patient =
        handler(
            keys ->
                failures.getAndDecrement() > 0
                    ? Future.failedFuture("not now")
                    : Future.succeededFuture());

    got(patient.handle(batch("a", "b")));

    assertThat(handled).containsExactly("a", "b");
    assertThat(buried).isEmpty();
  }

  @Test
  void buriesOnlyTheRecordThatCannotBeHandledAndKeepsTheOrderOfTheOthers() throws Exception {
    PatientHandler patient =
        handler(
            keys -> {
              if (keys.contains("bad")) {
                throw new IllegalArgumentException("damaged");
              }
              return Future.succeededFuture();
            });

    got(patient.handle(batch("a", "bad", "c")));

    assertThat(handled).containsExactly("a", "c");
    assertThat(buried).containsExactly("bad: java.lang.IllegalArgumentException: damaged");
  }

  @Test
  void neverBuriesWhatOnlyHasToWait() throws Exception {
    AtomicInteger away = new AtomicInteger(12);
    PatientHandler patient =
        handler(
            keys ->
                away.getAndDecrement() > 0
                    ? Future.failedFuture(new TryAgainException("store away", null))
                    : Future.succeededFuture());

    got(patient.handle(batch("a")));

    assertThat(handled).containsExactly("a");
    assertThat(buried).isEmpty();
  }

  @Test
  void leavesRecordsOfALostPartitionToTheirNewOwner() throws Exception {
    Batch batch = new Batch(List.of(entry(ZERO, "mine"), entry(ONE, "theirs")));
    PatientHandler patient =
        handler(
            keys -> {
              if (keys.size() == 2) {
                batch.lose(List.of(ONE));
                return Future.failedFuture("once");
              }
              return Future.succeededFuture();
            });

    got(patient.handle(batch));

    assertThat(handled).containsExactly("mine");
    Map<TopicPartition, Object> positions = new HashMap<>();
    batch.owned().forEach(entry -> positions.put(entry.partition(), entry.offset()));
    assertThat(positions).containsOnlyKeys(ZERO);
  }

  @Test
  void givesUpOnceItIsStopped() {
    PatientHandler patient =
        handler(keys -> Future.failedFuture(new TryAgainException("for ever", null)));
    Future<Void> done = patient.handle(batch("a"));
    patient.stop();

    assertThatThrownBy(() -> got(done)).isInstanceOf(ExecutionException.class);
    assertThat(buried).isEmpty();
  }

  @Test
  void findsTheBadOneOfManyInAFewCallsAndHandlesTheOthersOnce() throws Exception {
    String[] keys = new String[256];
    Arrays.setAll(keys, i -> i == 200 ? "bad" : "k" + i);
    AtomicInteger calls = new AtomicInteger();
    PatientHandler patient =
        handler(
            some -> {
              calls.incrementAndGet();
              return some.contains("bad")
                  ? Future.failedFuture(new IllegalArgumentException("damaged"))
                  : Future.succeededFuture();
            });

    got(patient.handle(batch(keys)));

    assertThat(handled).isEqualTo(Stream.of(keys).filter(key -> !key.equals("bad")).toList());
    assertThat(buried).hasSize(1);
    assertThat(calls).hasValueLessThan(25);
  }

  @Test
  void aRecordIsTriedAsOftenAsIsSetBeforeItIsBuried() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    PatientHandler patient =
        handler(
            keys -> {
              calls.incrementAndGet();
              return Future.failedFuture("never");
            });

    got(patient.handle(batch("a")));

    assertThat(calls).hasValue(ATTEMPTS);
    assertThat(attempts).containsExactly(ATTEMPTS);
  }

  @Test
  void waitingDoesNotUseUpTheAttemptsOfARecord() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    PatientHandler patient =
        handler(
            keys ->
                Future.failedFuture(
                    calls.incrementAndGet() % 3 == 0
                        ? new IllegalStateException("its own")
                        : new TryAgainException("store away", null)));

    got(patient.handle(batch("a")));

    assertThat(calls).hasValue(3 * ATTEMPTS);
    assertThat(buried).hasSize(1);
  }

  @Test
  void anErrorIsAFailureLikeAnyOtherButWantOfMemoryIsNotTheRecords() throws Exception {
    AtomicInteger scarce = new AtomicInteger(2 * ATTEMPTS);
    PatientHandler patient =
        handler(
            keys -> {
              if (keys.contains("deep")) {
                throw new LinkageError("no such method");
              }
              if (scarce.getAndDecrement() > 0) {
                throw new OutOfMemoryError("heap");
              }
              return Future.succeededFuture();
            });

    got(patient.handle(batch("a", "deep")));

    assertThat(handled).containsExactly("a");
    assertThat(buried).containsExactly("deep: java.lang.LinkageError: no such method");
  }

  @Test
  void anAttemptThatNeverEndsIsMadeAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    PatientHandler patient =
        handler(
            keys ->
                calls.incrementAndGet() <= 2 * ATTEMPTS
                    ? Promise.<Void>promise().future()
                    : Future.succeededFuture());

    got(patient.handle(batch("a")));

    assertThat(handled).containsExactly("a");
    assertThat(buried).isEmpty();
    assertThat(meters.counter("parley.kafka.batch.unanswered", "group", "group").count())
        .isEqualTo(2 * ATTEMPTS);
  }

  private PatientHandler handler(Function<List<String>, Future<Void>> inner) {
    return new PatientHandler(
        vertx,
        "group",
        records -> {
          List<String> keys = records.stream().map(StreamRecord::key).toList();
          return inner.apply(keys).onSuccess(done -> handled.addAll(keys));
        },
        (entry, cause, tries) -> {
          buried.add(entry.record().key() + ": " + cause);
          attempts.add(tries);
          return Future.succeededFuture();
        },
        new PatientHandler.Patience(new Backoff(2, 4, () -> 1), ATTEMPTS, 50),
        meters);
  }

  private static Batch batch(String... keys) {
    return new Batch(Stream.of(keys).map(key -> entry(ZERO, key)).toList());
  }

  private static Batch.Entry entry(TopicPartition partition, String key) {
    return new Batch.Entry(partition, 7, 0, new StreamRecord(key, new byte[0], Map.of()));
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
