package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import chat.parley.model.Shard;
import chat.parley.testing.Await;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two owners of the same shards over a real Cassandra: what one has acknowledged, the other finds,
 * and no other way.
 */
class OwnedLogIT {
  private static LogStack stack;
  private static MessageLog reads;

  @BeforeAll
  static void open() {
    stack = LogStack.open("log_it");
    reads = stack.reads();
  }

  @AfterAll
  static void close() {
    stack.close();
  }

  /**
   * A retry within seven days gets the first answer, so keys are kept longer; and who reads the log
   * finds what is there, not what a repair on the way has made of it.
   */
  @Test
  void keysOutliveTheirPromiseAndTheLogForEver() {
    assertThat(seconds("sends")).isGreaterThan((int) Duration.ofDays(7).toSeconds());
    assertThat(seconds("changes")).as("a time to live").isZero();
    for (String table : List.of("sends", "changes")) {
      assertThat(table(table).getString("read_repair")).isEqualTo("NONE");
    }
  }

  private static int seconds(String table) {
    return table(table).getInt("default_time_to_live");
  }

  private static Row table(String name) {
    return stack
        .session()
        .read(
            "test",
            SimpleStatement.newInstance(
                "SELECT default_time_to_live, read_repair FROM system_schema.tables"
                    + " WHERE keyspace_name = 'log_it' AND table_name = ?",
                name))
        .await()
        .get(0);
  }

  @Test
  void anOwnerThatWasRobbedAcknowledgesNothingMore() {
    ConversationId conversation = fresh();
    TestOwner first = new TestOwner(stack);
    first.take(conversation);
    Change kept = first.send(conversation, "a", "one").await().change();
    TestOwner thief = new TestOwner(stack);
    thief.take(conversation);

    Future<Appended> late = first.send(conversation, "b", "two");

    assertThat(TestOwner.failureOf(late)).isEqualTo(Failure.UNANSWERED);
    assertThat(published(first, conversation)).containsExactly(1L);
    Appended next = thief.send(conversation, "c", "three").await();
    assertThat(texts(conversation, next.change().changeSeq())).startsWith("one").endsWith("three");
    assertThat(reads.ascending(conversation, 1, 1, 1).await().get(0).payload())
        .isEqualTo(kept.payload());
  }

  /**
   * Else who asks is told of a past in which a message had not come, or a removal not been made.
   */
  @Test
  void anOwnerThatWasRobbedSaysNothingOfWhatItRemembers() {
    saysNothing(TestOwner::askHead);
    saysNothing(TestOwner::headUnlessResting);
    saysNothing(TestOwner::confirm);
    ConversationId conversation = fresh();
    TestOwner first = new TestOwner(stack);
    first.take(conversation);
    OpenConversation<String> open =
        first.open(conversation, Future.succeededFuture("state")).await();
    new TestOwner(stack).take(conversation);
    isNotOwner(first.acknowledged(open));
  }

  private void saysNothing(BiFunction<TestOwner, ConversationId, Future<?>> question) {
    ConversationId written = fresh();
    ConversationId resting = fresh();
    for (ConversationId conversation : List.of(written, resting)) {
      TestOwner first = new TestOwner(stack);
      first.take(conversation);
      if (conversation == written) {
        first.send(conversation, "a", "one").await();
      }
      assertThat(settled(question.apply(first, conversation)).succeeded()).isTrue();
      new TestOwner(stack).take(conversation);

      isNotOwner(question.apply(first, conversation));
      isNotOwner(first.send(conversation, "b", "the shard is lost by that"));
    }
  }

  private static void isNotOwner(Future<?> answer) {
    assertThat(TestOwner.failureOf(answer)).isEqualTo(Failure.NOT_OWNER);
  }

  /** More than is remembered of one device: the store is asked for the rest. */
  @Test
  void aRetryOfADeviceThatHasSentVeryMuchGetsTheFirstAnswerToo() {
    ConversationId conversation = fresh();
    TestOwner first = new TestOwner(stack);
    first.take(conversation);
    List<Future<Appended>> sent = new ArrayList<>();
    for (int i = 0; i <= SendWindow.MOST_KEYS; i++) {
      sent.add(first.send(conversation, "k" + i, "text"));
      if (i % 200 == 0) {
        Future.join(sent).await(); // no more than may wait
      }
    }
    Future.join(sent).await();
    for (TestOwner owner : List.of(first, new TestOwner(stack))) {
      if (owner != first) {
        owner.take(conversation);
      }
      for (int i : new int[] {0, 1, SendWindow.MOST_KEYS}) {
        Appended again = owner.send(conversation, "k" + i, "text").await();
        assertThat(again.replayed()).as("k%d", i).isTrue();
        assertThat(again.change().changeSeq()).isEqualTo(sent.get(i).result().change().changeSeq());
      }
    }
  }

  @Test
  void aRetryAtTheNextOwnerGetsTheFirstAnswer() {
    ConversationId conversation = fresh();
    TestOwner first = new TestOwner(stack);
    first.take(conversation);
    Appended sent = first.send(conversation, "retry-me", "hello").await();
    assertThat(first.send(conversation, "retry-me", "hello").await().replayed()).isTrue();
    TestOwner second = new TestOwner(stack);
    second.take(conversation);

    Appended again = second.send(conversation, "retry-me", "hello").await();
    Future<Appended> reused = settled(second.send(conversation, "retry-me", "something else"));

    assertThat(again.replayed()).isTrue();
    assertThat(again.change().changeSeq()).isEqualTo(sent.change().changeSeq());
    assertThat(TestOwner.failureOf(reused)).isEqualTo(Failure.IDEMPOTENCY_MISMATCH);
    assertThat(second.head(conversation).changeSeq()).isEqualTo(1);
  }

  @Test
  void aRetryAfterSevenDaysIsAnsweredAsTheFirstTime() {
    LateRetry.isAnsweredAsTheFirstTime(stack, fresh());
  }

  @Test
  void whatIsSentAtOnceIsDenseInOrderAndOnce() {
    ConversationId conversation = fresh();
    TestOwner owner = new TestOwner(stack);
    owner.take(conversation);
    List<Future<Appended>> sends = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sends.add(owner.send(conversation, "m" + i, "text " + i));
      if (i % 3 == 0) {
        sends.add(owner.send(conversation, "m" + i, "text " + i));
      }
    }
    Future.all(sends).await();

    assertThat(owner.head(conversation).changeSeq()).isEqualTo(300);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      expected.add("text " + i);
    }
    assertThat(texts(conversation, 300)).isEqualTo(expected);
    assertThat(published(owner, conversation)).isSorted().hasSize(300);
  }

  @Test
  void aLogOfManyBucketsIsReadAndRecoveredAcrossThem() {
    ConversationId conversation = fresh();
    BucketLimits small = new BucketLimits(Duration.ofDays(10), 7, 1 << 20);
    TestOwner first = new TestOwner(stack, stack.store(), stack.journal(), small);
    first.take(conversation);
    for (int i = 1; i <= 40; i++) {
      first.send(conversation, "m" + i, "text " + i).await();
    }
    TestOwner second = new TestOwner(stack, stack.store(), stack.journal(), small);
    second.take(conversation);
    Appended next = second.send(conversation, "m41", "text 41").await();

    assertThat(next.change().changeSeq()).isEqualTo(41);
    assertThat(second.send(conversation, "m3", "text 3").await().replayed()).isTrue();
    assertThat(texts(conversation, 41)).hasSize(41).startsWith("text 1").endsWith("text 41");
    assertThat(reads.descending(conversation, 41, 1, 100).await())
        .extracting(Change::changeSeq)
        .first()
        .isEqualTo(41L);
    assertThat(stack.store().tail(conversation, 3, 1, 100).await()).isNotEmpty();
    // Nothing was published to a stream: the new owner hands all of it to its outbox, from the
    // first number on.
    assertThat(published(second, conversation)).startsWith(1L).endsWith(41L);
  }

  @Test
  void anAckedEditStandsByItsMessageWhicheverBucketItIsIn() {
    ConversationId conversation = fresh();
    BucketLimits small = new BucketLimits(Duration.ofDays(10), 3, 1 << 20);
    TestOwner owner = new TestOwner(stack, stack.store(), stack.journal(), small);
    owner.take(conversation);
    for (int i = 1; i <= 7; i++) {
      owner.send(conversation, "m" + i, "text " + i).await();
    }
    owner.edit(conversation, 5, "five").await();
    owner.edit(conversation, 2, "two").await();
    owner.edit(conversation, 2, "zwei").await();

    assertThat(amendments(conversation, 1, 7)).containsExactly("2 by 9", "2 by 10", "5 by 8");
    assertThat(amendments(conversation, 3, 7)).containsExactly("5 by 8");
    assertThat(amendments(conversation, 2, 2)).containsExactly("2 by 9", "2 by 10");
    assertThat(amendments(conversation, 6, 10)).isEmpty();
    Change edit = stack.amendments().of(conversation, 5, 5).await().get(0).change();
    assertThat(edit.payload())
        .isEqualTo(reads.ascending(conversation, 8, 8, 1).await().get(0).payload());
    assertThat(edit.seq()).isEqualTo(7);
  }

  @Test
  void anEditThatItsOwnerCommittedAndDidNotStoreStandsByItsMessageAtTheNextOwner() {
    ConversationId conversation = fresh();
    Promise<Void> died = Promise.promise();
    TestOwner first =
        new TestOwner(
            stack,
            stack.store(),
            stack.journal(),
            BucketLimits.DEFAULT,
            storing(
                amendments -> {
                  died.tryComplete();
                  return Promise.<Void>promise().future();
                }));
    first.take(conversation);
    first.send(conversation, "a", "one").await();
    Future<Appended> edit = first.edit(conversation, 1, "two");
    died.future().await();
    assertThat(edit.isComplete()).isFalse();
    assertThat(amendments(conversation, 1, 1)).isEmpty();

    TestOwner second = new TestOwner(stack);
    second.take(conversation);
    second.send(conversation, "b", "three").await();

    assertThat(amendments(conversation, 1, 1)).containsExactly("1 by 2");
  }

  /** What the stream lacks after an hour without it may be more than a store takes at once. */
  @Test
  void whatIsRecoveredIsSettledInPartsHoweverMuchItIs() {
    ConversationId conversation = fresh();
    TestOwner first = new TestOwner(stack);
    first.take(conversation);
    first.send(conversation, "a", "one").await();
    List<Future<Appended>> edits = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      edits.add(first.edit(conversation, 1, "edit " + i));
    }
    Future.all(edits).await();

    AtomicInteger stored = new AtomicInteger();
    TestOwner second =
        new TestOwner(
            stack,
            stack.store(),
            stack.journal(),
            BucketLimits.DEFAULT,
            storing(
                amendments -> {
                  if (amendments.size() > 256) {
                    return Future.failedFuture("too many at once");
                  }
                  // What other tests left in the same shard is recovered with it.
                  amendments.stream()
                      .filter(change -> change.conversationId().equals(conversation))
                      .forEach(change -> stored.incrementAndGet());
                  return Future.succeededFuture();
                }));
    second.take(conversation);

    // One that cannot be opened is tried again for ever.
    Appended next = Await.join(second.send(conversation, "b", "two"));
    assertThat(next.change().changeSeq()).isEqualTo(602);
    assertThat(stored).hasValue(600);
  }

  @Test
  void whoIsRefusedCanWaitForWhatWasNumberedBefore() {
    ConversationId conversation = fresh();
    TestOwner owner = new TestOwner(stack);
    owner.take(conversation);
    owner.send(conversation, "a", "one").await();

    assertThat(owner.wasAcknowledgedForTheRefused(conversation).await()).isTrue();
  }

  /** Amendments of an owner that only writes them. */
  private static Amendments storing(Function<Collection<Change>, Future<Void>> store) {
    return new Amendments() {
      @Override
      public Future<List<Amendment>> of(ConversationId any, long from, long to) {
        throw new AssertionError();
      }

      @Override
      public Future<Void> store(ConversationId any, Collection<Change> amendments) {
        return store.apply(amendments);
      }
    };
  }

  private static List<String> amendments(ConversationId conversation, long from, long to) {
    return stack.amendments().of(conversation, from, to).await().stream()
        .map(one -> one.target() + " by " + one.change().changeSeq())
        .toList();
  }

  /** Or two would write under one epoch, and the second over what the first was acknowledged. */
  @Test
  void whoHasOpenedAConversationThatIsForgottenThenWritesNothing() {
    ConversationId conversation = fresh();
    TestOwner owner = TestOwner.forgetful(stack);
    owner.take(conversation);
    OpenConversation<String> early =
        owner.open(conversation, Future.succeededFuture("state")).await();
    owner.tidy();

    Future<Appended> later = owner.send(conversation, "b", "later");
    Future<Appended> stale = owner.send(early, "a");

    assertThat(later.await().change().changeSeq()).isEqualTo(1);
    isNotOwner(stale);
  }

  @Test
  void aConversationThatSomebodyIsOpeningIsNotForgotten() {
    ConversationId conversation = fresh();
    TestOwner owner = TestOwner.forgetful(stack);
    owner.take(conversation);
    Promise<String> attachment = Promise.promise();
    Future<OpenConversation<String>> opening = owner.open(conversation, attachment.future());
    owner.head(conversation);
    owner.tidy();
    attachment.complete("state");

    assertThat(owner.send(opening.await(), "a").await().change().changeSeq()).isEqualTo(1);
  }

  @Test
  void oneOfTwoThievesGetsTheEpoch() {
    ConversationId conversation = fresh();
    TestOwner owner = new TestOwner(stack);
    long epoch = owner.take(conversation);
    int shard = Shard.of(conversation);

    List<Future<Boolean>> attempts =
        List.of(stack.epochs().take(shard, epoch, "x"), stack.epochs().take(shard, epoch, "y"));
    Future.join(attempts).await();

    assertThat(attempts).extracting(Future::result).containsExactlyInAnyOrder(true, false);
  }

  private static List<String> texts(ConversationId conversation, long bound) {
    return reads.ascending(conversation, 1, bound, 10_000).await().stream()
        .map(
            change ->
                new JsonObject(Buffer.buffer(change.payload()))
                    .getJsonObject("message")
                    .getJsonObject("body")
                    .getString("text"))
        .toList();
  }

  /** Of this one: whoever takes a shard publishes what other tests have left in it, too. */
  private static List<Long> published(TestOwner owner, ConversationId conversation) {
    return owner.published.stream()
        .filter(change -> change.conversationId().equals(conversation))
        .map(Change::changeSeq)
        .toList();
  }

  private static ConversationId fresh() {
    return new ConversationId(Ids.fresh());
  }

  private static <T> Future<T> settled(Future<T> future) {
    return Future.join(List.of(future)).otherwiseEmpty().map(future).await();
  }
}
