package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.event.Change;
import chat.parley.kafka.Journal;
import chat.parley.kafka.KafkaSettings;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import chat.parley.model.Shard;
import chat.parley.testing.Await;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Buffered conversations over a real Cassandra and a real Kafka: what is acknowledged before the
 * store has it is there once, under its numbers, whatever happens to the owner.
 */
class BufferedLogIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MEASURED = 300;

  private static LogStack stack;

  /** The real store; while it is held up it takes no group, as if the write were on its way. */
  private static final class HeldStore {
    volatile boolean held = true;
    final List<Group> onTheirWay = new CopyOnWriteArrayList<>();
    final LogStore store =
        (LogStore)
            Proxy.newProxyInstance(
                LogStore.class.getClassLoader(),
                new Class<?>[] {LogStore.class},
                (proxy, method, values) -> {
                  if (held && method.getName().equals("append")) {
                    onTheirWay.add((Group) values[0]);
                    return Promise.promise().future();
                  }
                  try {
                    return method.invoke(stack.store(), values);
                  } catch (InvocationTargetException thrown) {
                    throw thrown.getCause();
                  }
                });

    /** What was on its way arrives after all. */
    void arrive() {
      onTheirWay.forEach(group -> stack.store().append(group).await());
    }
  }

  @BeforeAll
  static void open() {
    stack = LogStack.open("buffered_log_it");
  }

  @AfterAll
  static void close() {
    stack.close();
  }

  @Test
  void anOwnerDiesBeforeTheStoreHasWhatItAcknowledged() {
    HeldStore held = new HeldStore();
    TestOwner first = owner(held.store);
    List<ConversationId> conversations = new ArrayList<>();
    List<Appended> acked = new ArrayList<>();
    List<Future<Appended>> waiting = new ArrayList<>();
    ConversationId one = fresh();
    first.take(one);
    for (int i = 0; i < 20; i++) {
      ConversationId conversation = i == 0 ? one : inShardOf(one);
      conversations.add(conversation);
      Appended ack = Await.join(first.send(conversation, AckMode.BUFFERED, "a", "first"));
      assertThat(ack.durability()).isEqualTo(AckMode.BUFFERED);
      acked.add(ack);
      waiting.add(first.send(conversation, AckMode.BUFFERED, "b", "second"));
    }
    assertThat(stack.store().tail(one, 0, 1, 10).await()).as("rows in the store").isEmpty();
    assertThat(first.published).as("in the stream before the store has it").isEmpty();

    // The first owner is no more heard of: what it does from now on is that of a dead one.
    TestOwner second = new TestOwner(stack);
    second.take(one);

    for (int i = 0; i < conversations.size(); i++) {
      ConversationId conversation = conversations.get(i);
      Appended again = Await.join(second.send(conversation, AckMode.BUFFERED, "a", "first"));
      assertThat(again.replayed()).isTrue();
      assertThat(again.durability()).isEqualTo(AckMode.PERSISTED);
      assertThat(again.change()).usingRecursiveComparison().isEqualTo(acked.get(i).change());
      assertThat(failureOf(second.send(conversation, AckMode.BUFFERED, "a", "another")))
          .isEqualTo(Failure.IDEMPOTENCY_MISMATCH);
      Await.join(second.send(conversation, AckMode.BUFFERED, "c", "third"));
    }
    held.arrive(); // Late, and of an epoch that is over: it changes nothing.
    for (ConversationId conversation : conversations) {
      Awaitility.await().atMost(PATIENCE).until(() -> second.head(conversation).changeSeq() == 2);
      assertThat(texts(conversation, 2)).containsExactly("first", "third");
    }
    assertThat(second.published).hasSize(2 * conversations.size());
    assertThat(waiting).noneMatch(Future::succeeded);
  }

  @Test
  void aRetryBeforeTheStoreHasTheMessageStoresNoSecondOne() {
    ConversationId conversation = fresh();
    HeldStore held = new HeldStore();
    TestOwner owner = owner(held.store);
    owner.take(conversation);
    Appended first = Await.join(owner.send(conversation, AckMode.BUFFERED, "a", "hello"));

    Appended again = Await.join(owner.send(conversation, AckMode.BUFFERED, "a", "hello"));

    assertThat(again.replayed()).isTrue();
    assertThat(again.durability()).isEqualTo(AckMode.BUFFERED);
    assertThat(again.change()).isEqualTo(first.change());
    assertThat(failureOf(owner.send(conversation, AckMode.BUFFERED, "a", "other")))
        .isEqualTo(Failure.IDEMPOTENCY_MISMATCH);
    assertThat(owner.head(conversation).changeSeq()).as("what readers may see").isZero();
  }

  @Test
  void anOwnerThatWasRobbedGivesNoBufferedAck() {
    ConversationId conversation = fresh();
    HeldStore held = new HeldStore();
    TestOwner first = owner(held.store);
    first.take(conversation);
    held.held = false;
    Await.join(first.send(conversation, AckMode.BUFFERED, "a", "one"));
    Awaitility.await().atMost(PATIENCE).until(() -> first.head(conversation).changeSeq() == 1);
    held.held = true;
    new TestOwner(stack).take(conversation);

    Future<Appended> late = first.send(conversation, AckMode.BUFFERED, "b", "two");

    assertThat(failureOf(late)).isEqualTo(Failure.UNANSWERED);
  }

  @Test
  void withoutTheStreamATakenOverConversationStaysClosedAndTheOthersOfItsShardDoNot() {
    ConversationId buffered = fresh();
    ConversationId persisted = inShardOf(buffered);
    HeldStore held = new HeldStore();
    TestOwner first = owner(held.store);
    first.take(buffered);
    held.held = false;
    Await.join(first.send(persisted, AckMode.PERSISTED, "a", "kept"));
    held.held = true;
    Await.join(first.send(buffered, AckMode.BUFFERED, "a", "kept"));
    KafkaSettings nobody = stack.kafka().withBootstrapServers(List.of("127.0.0.1:9"));
    Journal away = new Journal(stack.vertx(), nobody, Shard.COUNT, new SimpleMeterRegistry());
    TestOwner second = new TestOwner(stack, stack.store(), away, BucketLimits.DEFAULT);
    second.take(buffered);

    assertThat(
            Await.join(second.send(persisted, AckMode.PERSISTED, "b", "more")).change().changeSeq())
        .isEqualTo(2);
    assertThat(second.head(buffered).changeSeq()).as("a bound that is committed").isZero();
    List<Future<Appended>> asked = new ArrayList<>();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              asked.add(second.send(buffered, AckMode.BUFFERED, "a", "kept"));
              return asked.stream()
                  .anyMatch(one -> one.failed() && failureOf(one) == Failure.UNAVAILABLE);
            });

    TestOwner third = new TestOwner(stack);
    third.take(buffered);
    assertThat(Await.join(third.send(buffered, AckMode.BUFFERED, "a", "kept")).replayed()).isTrue();
  }

  @Test
  void theJournalKeepsWhatIsNotSettledAndNothingElse() {
    ConversationId settled = fresh();
    ConversationId open = inShardOf(settled);
    int lane = Shard.of(settled);
    HeldStore held = new HeldStore();
    held.held = false;
    TestOwner owner = owner(held.store);
    owner.take(settled);
    for (int i = 1; i <= 5; i++) {
      Await.join(owner.send(settled, AckMode.BUFFERED, "m" + i, "text " + i));
    }
    Awaitility.await().atMost(PATIENCE).until(() -> owner.head(settled).changeSeq() == 5);
    assertThat(inJournal(lane)).isNotEmpty();

    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              owner.tidy();
              return inJournal(lane).isEmpty();
            });

    held.held = true;
    Await.join(owner.send(open, AckMode.BUFFERED, "m", "on its way"));
    for (int i = 6; i <= 8; i++) {
      held.held = false;
      Await.join(owner.send(settled, AckMode.BUFFERED, "m" + i, "text " + i));
    }
    Awaitility.await().atMost(PATIENCE).until(() -> owner.head(settled).changeSeq() == 8);
    owner.tidy();
    assertThat(inJournal(lane)).isNotEmpty();
    TestOwner next = new TestOwner(stack);
    next.take(settled);
    assertThat(Await.join(next.send(open, AckMode.BUFFERED, "m", "on its way")).replayed())
        .isTrue();
  }

  @Test
  void howLongAMessageIsInTheStreamAlone() {
    ConversationId buffered = fresh();
    ConversationId persisted = inShardOf(buffered);
    TestOwner owner = new TestOwner(stack);
    owner.take(buffered);
    List<Long> bufferedNanos = new ArrayList<>();
    List<Long> persistedNanos = new ArrayList<>();
    int early = 0;
    for (int i = 0; i < MEASURED; i++) {
      long startedAt = System.nanoTime();
      Appended ack = Await.join(owner.send(buffered, AckMode.BUFFERED, "m" + i, "text"));
      bufferedNanos.add(System.nanoTime() - startedAt);
      early += ack.durability() == AckMode.BUFFERED ? 1 : 0;
      startedAt = System.nanoTime();
      Await.join(owner.send(persisted, AckMode.PERSISTED, "m" + i, "text"));
      persistedNanos.add(System.nanoTime() - startedAt);
    }
    Awaitility.await().atMost(PATIENCE).until(() -> owner.head(buffered).changeSeq() == MEASURED);
    Timer window = owner.meters.get("parley.log.buffered").timer();

    System.out.printf(
        "ack p50/p99 ms: buffered %s, persisted %s; %d of %d acks before the store; in the stream"
            + " alone: mean %.1f ms, max %.1f ms%n",
        percentiles(bufferedNanos),
        percentiles(persistedNanos),
        early,
        MEASURED,
        window.mean(TimeUnit.MILLISECONDS),
        window.max(TimeUnit.MILLISECONDS));
    assertThat(window.count()).isEqualTo(early);
    assertThat(texts(buffered, MEASURED)).hasSize(MEASURED);
  }

  private static String percentiles(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return "%.1f/%.1f"
        .formatted(sorted.get(sorted.size() / 2) / 1e6, sorted.get(sorted.size() * 99 / 100) / 1e6);
  }

  private static List<byte[]> inJournal(int lane) {
    return stack.journal().read(Set.of(lane)).await().get(lane).values();
  }

  private static TestOwner owner(LogStore store) {
    return new TestOwner(stack, store, stack.journal(), BucketLimits.DEFAULT);
  }

  private static List<String> texts(ConversationId conversation, long bound) {
    return stack.reads().ascending(conversation, 1, bound, 10_000).await().stream()
        .map(Change::payload)
        .map(payload -> new JsonObject(Buffer.buffer(payload)).getJsonObject("message"))
        .map(message -> message.getJsonObject("body").getString("text"))
        .toList();
  }

  private static ConversationId fresh() {
    return new ConversationId(Ids.fresh());
  }

  private static ConversationId inShardOf(ConversationId other) {
    ConversationId id = fresh();
    while (Shard.of(id) != Shard.of(other)) {
      id = fresh();
    }
    return id;
  }

  private static Failure failureOf(Future<?> future) {
    Awaitility.await().atMost(PATIENCE).until(future::isComplete);
    assertThat(future.cause()).isInstanceOf(FailureException.class);
    return ((FailureException) future.cause()).failure();
  }
}
