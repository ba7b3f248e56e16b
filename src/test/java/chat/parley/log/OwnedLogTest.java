package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.event.Change;
import chat.parley.kafka.HeldJournal;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.Shard;
import chat.parley.testing.Await;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an owner does while the store takes its time, or the stream; both are in memory. */
class OwnedLogTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final ConversationId BEHIND = new ConversationId("behind");

  private final MemoryStore store = new MemoryStore();
  private final LogStack stack = LogStack.inMemory(store, new HeldJournal().journal());

  @AfterEach
  void close() {
    stack.close();
  }

  /** An epoch that was read sooner says nothing about who will read the tail without this group. */
  @Test
  void theEpochIsReadOnceTheGroupIsStoredAndNotSooner() {
    TestOwner owner = new TestOwner(stack);
    owner.take(ROOM);
    Await.join(owner.send(ROOM, "a", "one"));
    int before = store.epochReads();
    store.hold();

    Future<Appended> sent = owner.send(ROOM, "b", "two");
    owner.awaitTurn();

    assertThat(store.groupsOnTheirWay()).isEqualTo(1);
    assertThat(store.epochReads()).isEqualTo(before);
    store.arrive();
    assertThat(Await.join(sent).change().changeSeq()).isEqualTo(2);
    assertThat(store.epochReads()).isEqualTo(before + 1);
  }

  @Test
  void whoIsRobbedWhileAGroupIsOnItsWayDoesNotAcknowledgeIt() {
    TestOwner owner = new TestOwner(stack);
    long epoch = owner.take(ROOM);
    Await.join(owner.send(ROOM, "a", "one"));
    store.hold();
    Future<Appended> sent = owner.send(ROOM, "b", "two");
    owner.awaitTurn();
    assertThat(Await.join(store.take(Shard.of(ROOM), epoch, "thief"))).isTrue();

    store.arrive();

    assertThat(TestOwner.failureOf(sent)).isEqualTo(Failure.UNANSWERED);
    assertThat(owner.published).extracting(Change::changeSeq).containsExactly(1L);
  }

  /** What is read again is written again under the new epoch, and fenced in the same way. */
  @Test
  void whoIsRobbedWhileItRecoversServesNothing() {
    TestOwner first = new TestOwner(stack);
    first.take(ROOM);
    Await.join(first.send(ROOM, "a", "one"));
    int before = store.epochReads();
    store.hold();
    TestOwner second = new TestOwner(stack);
    long epoch = second.beginToTake(ROOM);
    Future<Appended> sent = second.send(ROOM, "b", "two");
    second.awaitTurn();
    assertThat(store.epochReads()).isEqualTo(before);
    assertThat(Await.join(store.take(Shard.of(ROOM), epoch, "thief"))).isTrue();

    store.arrive();

    assertThat(TestOwner.failureOf(sent)).isEqualTo(Failure.NOT_OWNER);
    assertThat(second.published).isEmpty();
  }

  /** Its neighbours in the shard are served, and it alone is not. */
  @Test
  void aConversationThatCannotBeRecoveredIsAwayAlone() {
    List<ConversationId> all = ofOneShard(3);
    ConversationId damaged = all.get(0);
    ConversationId moving = all.get(1);
    ConversationId resting = all.get(2);
    TestOwner first = TestOwner.forgetful(stack);
    first.take(ROOM);
    Await.join(first.send(resting, "a", "text"));
    first.published(resting, new Position(1, 1));
    first.tidy();
    first.tidy();
    Await.join(first.send(damaged, "a", "text"));
    Await.join(first.send(moving, "a", "text"));
    store.damage(damaged);
    TestOwner second = new TestOwner(stack);

    second.beginToTake(ROOM);

    assertThat(Await.join(second.send(moving, "b", "text")).change().changeSeq()).isEqualTo(2);
    assertThat(second.head(moving).changeSeq()).isEqualTo(2);
    assertThat(Await.join(second.headUnlessResting(resting))).isEmpty();
    assertThat(second.head(resting).changeSeq()).isEqualTo(1);
    assertThat(TestOwner.failureOf(second.askHead(damaged))).isEqualTo(Failure.NOT_OWNER);
    assertThat(TestOwner.failureOf(second.headUnlessResting(damaged))).isEqualTo(Failure.NOT_OWNER);
  }

  /** Whoever is in it, and in others, need not wait with all of them for what may never come. */
  @Test
  void ofOneWhoseRecoveryComesNoFurtherWhatIsPublishedIsTold() {
    TestOwner first = TestOwner.forgetful(stack);
    first.take(ROOM);
    Await.join(first.send(ROOM, "a", "text"));
    first.published(ROOM, new Position(1, 1));
    first.tidy();
    first.tidy();
    Await.join(first.send(ROOM, "b", "text"));
    store.damage(ROOM);
    TestOwner second = new TestOwner(stack);
    second.beginToTake(ROOM);
    assertThat(TestOwner.failureOf(second.headUnlessResting(ROOM))).isEqualTo(Failure.NOT_OWNER);

    await().until(() -> tells(second.headUnlessResting(ROOM)));

    assertThat(Await.join(second.headUnlessResting(ROOM)).orElseThrow().position())
        .isEqualTo(new Position(1, 1));
    assertThat(TestOwner.failureOf(second.askHead(ROOM))).isEqualTo(Failure.UNAVAILABLE);
  }

  private static boolean tells(Future<?> answer) {
    return Await.join(answer.transform(done -> Future.succeededFuture(done.succeeded())));
  }

  /** It is told soon, and not only when the shard moves; then it waits for nothing more. */
  @Test
  void sendsToAConversationThatCannotBeRecoveredAreRefused() {
    TestOwner first = new TestOwner(stack);
    first.take(ROOM);
    Await.join(first.send(ROOM, "a", "text"));
    store.damage(ROOM);
    TestOwner second = new TestOwner(stack);
    second.beginToTake(ROOM);
    Future<Appended> sent = second.send(ROOM, "b", "text");

    assertThat(TestOwner.failureOf(sent)).isEqualTo(Failure.UNAVAILABLE);
    await().until(() -> isRefusedAtOnce(second));
    store.heal();
    await().until(() -> isAcked(second, ROOM, "c"));
    assertThat(Await.join(second.send(ROOM, "b", "text")).replayed())
        .as("what was refused has been done later")
        .isFalse();
  }

  private static boolean isRefusedAtOnce(TestOwner owner) {
    Future<Appended> sent = owner.send(ROOM, "late", "text");
    owner.awaitTurn();
    return sent.isComplete() && TestOwner.failureOf(sent) == Failure.UNAVAILABLE;
  }

  private static boolean isAcked(TestOwner owner, ConversationId conversation, String key) {
    return Await.join(
        owner
            .send(conversation, key, "text")
            .transform(done -> Future.succeededFuture(done.succeeded())));
  }

  /** As many as may be recovered at once, and one of another shard behind them. */
  @Test
  void veryManyThatCannotBeRecoveredKeepNobodyElseFromIt() {
    TestOwner second = behindVeryMany();

    assertThat(TestOwner.failureOf(second.askHead(BEHIND))).isEqualTo(Failure.NOT_OWNER);
    assertThat(TestOwner.failureOf(second.headUnlessResting(BEHIND))).isEqualTo(Failure.NOT_OWNER);
    await().until(() -> isAcked(second, BEHIND, "b"));
    assertThat(second.published).extracting(Change::conversationId).containsOnly(BEHIND);
  }

  @Test
  void whatWaitsForARecoveryIsDoneInTheOrderInWhichItCame() {
    TestOwner second = behindVeryMany();
    List<Future<Appended>> sent =
        Stream.of("b", "c", "d").map(key -> second.send(BEHIND, key, "text")).toList();
    second.awaitTurn();
    assertThat(sent).noneMatch(Future::isComplete);

    store.heal();

    assertThat(sent.stream().map(Await::join))
        .extracting(ack -> ack.change().changeSeq())
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void whoWaitsForARecoveryHearsThatTheShardHasMoved() {
    TestOwner second = behindVeryMany();
    Future<Appended> sent = second.send(BEHIND, "b", "text");

    second.release(BEHIND);

    assertThat(TestOwner.failureOf(sent)).isEqualTo(Failure.NOT_OWNER);
  }

  /** One for whom 64 conversations that cannot be read come before one that can. */
  private TestOwner behindVeryMany() {
    List<ConversationId> damaged = ofOneShard(64);
    assertThat(Shard.of(BEHIND)).isNotEqualTo(Shard.of(ROOM));
    TestOwner first = new TestOwner(stack);
    first.take(ROOM);
    damaged.forEach(conversation -> Await.join(first.send(conversation, "a", "text")));
    first.take(BEHIND);
    Await.join(first.send(BEHIND, "a", "text"));
    damaged.forEach(store::damage);
    TestOwner second = new TestOwner(stack);
    second.beginToTake(ROOM);
    second.beginToTake(BEHIND);
    return second;
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS));
  }

  private static List<ConversationId> ofOneShard(int count) {
    return Stream.iterate(0, n -> n + 1)
        .map(n -> new ConversationId("c" + n))
        .filter(conversation -> Shard.of(conversation) == Shard.of(ROOM))
        .limit(count)
        .toList();
  }

  @Test
  void aRetryAfterSevenDaysIsAnsweredAsTheFirstTime() {
    LateRetry.isAnsweredAsTheFirstTime(stack, ROOM);
  }

  /** What is numbered and not durable may never have been, and then nobody was rightly refused. */
  @Test
  void whatIsSaidOfAChangeThatIsUnderWayIsConfirmedWhenItIsDurable() {
    TestOwner owner = new TestOwner(stack);
    owner.take(ROOM);
    Await.join(owner.send(ROOM, "m1", "text"));
    Await.join(owner.confirm(ROOM));
    store.hold();
    owner.send(ROOM, "m2", "text");
    Future<Void> confirmed = owner.confirm(ROOM);
    owner.awaitTurn();
    assertThat(confirmed.isComplete()).isFalse();

    store.arrive();

    Await.join(confirmed);
    assertThat(owner.head(ROOM).changeSeq()).isEqualTo(2);
  }

  /** One is under way and three wait for it: that is as many as may. */
  @Test
  void whatIsMoreThanMayWaitIsRefusedAndStoredNowhere() {
    TestOwner owner = TestOwner.ofShortQueues(stack, 3);
    owner.take(ROOM);
    store.hold();
    List<Future<Appended>> taken =
        LongStream.rangeClosed(1, 4).mapToObj(n -> owner.send(ROOM, "m" + n, "text")).toList();

    Future<Appended> more = owner.send(ROOM, "m5", "text");
    owner.awaitTurn();

    assertThat(more.isComplete()).isTrue();
    assertThat(TestOwner.failureOf(more)).isEqualTo(Failure.OVERLOADED);
    assertThat(taken).noneMatch(Future::isComplete);
    store.arrive();
    assertThat(taken.stream().map(Await::join))
        .extracting(ack -> ack.change().changeSeq())
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(owner.head(ROOM).changeSeq()).isEqualTo(4);
    assertThat(store.reads().ascending(ROOM, 1, Long.MAX_VALUE, 100).result()).hasSize(4);
    Appended again = Await.join(owner.send(ROOM, "m5", "text"));
    assertThat(again.replayed()).isFalse();
    assertThat(again.change().changeSeq()).isEqualTo(5);
  }

  /** Who hears that there are too many takes it that nothing was done. */
  @Test
  void aRetryOfWhatWaitsIsNotOneMoreThatWaits() {
    TestOwner owner = TestOwner.ofShortQueues(stack, 3);
    owner.take(ROOM);
    store.hold();
    LongStream.rangeClosed(1, 4).forEach(n -> owner.send(ROOM, "m" + n, "text"));

    Future<Appended> retry = owner.send(ROOM, "m2", "text");
    owner.awaitTurn();

    assertThat(retry.isComplete()).isFalse();
    store.arrive();
    Appended answer = Await.join(retry);
    assertThat(answer.replayed()).isTrue();
    assertThat(answer.change().changeSeq()).isEqualTo(2);
    assertThat(owner.head(ROOM).changeSeq()).isEqualTo(4);
  }

  /**
   * Of so many ends of groups every second one is forgotten; 1,025 are the first too many. Were it
   * the last of them, the conversation would stay in memory for ever.
   */
  @ParameterizedTest
  @ValueSource(ints = {1_024, 1_025, 1_100})
  void aConversationRestsOnceTheStreamHasAllOfItHoweverLongThatTook(int groups) {
    TestOwner owner = ofSilentStream(groups);
    owner.tidy();
    assertThat(owner.conversationsInMemory()).isEqualTo(1);

    owner.published(ROOM, new Position(groups, groups));
    owner.tidy();

    assertThat(owner.conversationsInMemory()).isZero();
    assertThat(published()).isEqualTo(groups);
  }

  @Test
  void aPublishedMarkIsSoonNearTheStreamAndNeverBeyondIt() {
    TestOwner owner = ofSilentStream(1_100);

    owner.published(ROOM, new Position(601, 601));
    owner.tidy();

    assertThat(published()).isBetween(600L, 601L);
    assertThat(owner.conversationsInMemory()).isEqualTo(1);
  }

  private TestOwner ofSilentStream(int groups) {
    TestOwner owner = TestOwner.forgetful(stack);
    owner.take(ROOM);
    for (int i = 1; i <= groups; i++) {
      Await.join(owner.send(ROOM, "m" + i, "text"));
    }
    return owner;
  }

  private long published() {
    return store.published(ROOM).result().position().changeSeq();
  }
}
