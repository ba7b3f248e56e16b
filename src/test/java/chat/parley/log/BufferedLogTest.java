package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.event.Change;
import chat.parley.kafka.HeldJournal;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.Shard;
import chat.parley.testing.Await;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What an owner does with the journal while that takes its time; it and the store are in memory.
 */
class BufferedLogTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final int LANE = Shard.of(ROOM);

  private final MemoryStore store = new MemoryStore();
  private final HeldJournal journal = new HeldJournal();
  private final LogStack stack = LogStack.inMemory(store, journal.journal());
  private final TestOwner owner = new TestOwner(stack);
  private final long epoch = owner.take(ROOM);

  @AfterEach
  void close() {
    stack.close();
  }

  @Test
  void theEpochIsReadOnceTheJournalHasAnsweredAndNotSooner() {
    int before = holdBoth();

    Future<Appended> sent = send("b");
    owner.awaitTurn();

    assertThat(journal.unanswered()).isEqualTo(1);
    assertThat(store.epochReads()).isEqualTo(before);
    assertThat(sent.isComplete()).isFalse();
    journal.answer();
    assertThat(Await.join(sent).durability()).isEqualTo(AckMode.BUFFERED);
    assertThat(store.groupsOnTheirWay()).as("the store does not have it yet").isEqualTo(1);
    assertThat(store.epochReads()).isEqualTo(before + 1);
  }

  @Test
  void whatIsAcknowledgedByTheJournalIsInTheLogOnceTheStoreHasIt() {
    holdBoth();
    OpenConversation<String> open = open();
    Future<Appended> sent = send("b");
    owner.awaitTurn();
    journal.answer();
    assertThat(Await.join(sent).durability()).isEqualTo(AckMode.BUFFERED);
    Future<Void> inLog = owner.inLog(open);
    owner.awaitTurn();
    assertThat(inLog.isComplete()).isFalse();
    assertThat(owner.head(ROOM).changeSeq()).isEqualTo(1);

    store.arrive();

    Await.join(inLog);
    assertThat(owner.head(ROOM).changeSeq()).isEqualTo(2);
    Await.join(owner.inLog(open));
  }

  @Test
  void whoIsRobbedBeforeTheStoreHasItSaysOfNothingThatItIsInTheLog() {
    holdBoth();
    OpenConversation<String> open = open();
    send("b");
    owner.awaitTurn();
    Future<Void> inLog = owner.inLog(open);
    rob();

    store.arrive();

    assertThat(TestOwner.failureOf(inLog)).isEqualTo(Failure.NOT_OWNER);
  }

  private OpenConversation<String> open() {
    return Await.join(owner.open(ROOM, Future.succeededFuture("")));
  }

  @Test
  void whoIsRobbedBeforeTheJournalAnswersDoesNotAcknowledge() {
    holdBoth();
    Future<Appended> sent = send("b");
    owner.awaitTurn();
    rob();

    journal.answer();

    assertThat(TestOwner.failureOf(sent)).isEqualTo(Failure.UNANSWERED);
    assertThat(owner.published).extracting(Change::changeSeq).containsExactly(1L);
  }

  /** What it would cut off may be the next owner's, whose numbers are not known here. */
  @Test
  void whoIsRobbedCutsNothingOffTheJournal() {
    Await.join(send("a"));
    owner.tidy();
    List<Map<Integer, Long>> cutByTheOwner = journal.cuts();
    assertThat(cutByTheOwner)
        .as("behind the read's mark and the group")
        .containsExactly(Map.of(LANE, 2L));
    Await.join(send("b"));
    rob();

    owner.tidy();

    assertThat(journal.cuts()).isEqualTo(cutByTheOwner);
  }

  /** How often epochs have been read until then. */
  private int holdBoth() {
    Await.join(send("a"));
    owner.awaitTurn();
    store.hold();
    journal.hold();
    return store.epochReads();
  }

  private Future<Appended> send(String clientMsgId) {
    return owner.send(ROOM, AckMode.BUFFERED, clientMsgId, "text");
  }

  private void rob() {
    assertThat(Await.join(store.take(LANE, epoch, "thief"))).isTrue();
  }
}
