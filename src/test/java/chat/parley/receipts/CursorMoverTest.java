package chat.parley.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.HoleException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Position;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.MembersInMemory;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CursorMoverTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final ConversationId DAMAGED = new ConversationId("damaged");
  private static final ConversationId NOWHERE = new ConversationId("nowhere");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId CARL = new UserId("carl");
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final DeviceId LAPTOP = new DeviceId("laptop");

  private final KeptCursors cursors = new KeptCursors(ANNA, CARL);
  private final List<Collection<ConversationId>> headsAsked = new ArrayList<>();
  private final FakeMembers members = new FakeMembers();
  private final FakeLog log = new FakeLog();
  private CursorMover mover;

  @BeforeEach
  void begin() {
    members.join(ROOM, new Stint(ANNA, Role.MEMBER, 3, Stint.STILL_THERE));
    members.join(ROOM, new Stint(CARL, Role.MEMBER, 1, 5));
    members.join(DAMAGED, ANNA, Role.MEMBER);
    mover =
        new CursorMover(
            members,
            cursors,
            log,
            (asked, ms) -> {
              headsAsked.add(List.copyOf(asked));
              return Future.succeededFuture(
                  Map.of(
                      ROOM,
                      new Head(ROOM, 20, 17, false),
                      DAMAGED,
                      new Head(DAMAGED, 20, 17, false)));
            },
            Clock.systemUTC());
  }

  @Test
  void keepsTheHighestOfEachCursorAndTellsOnce() {
    List<ReceiptMoved> told =
        move(
            List.of(
                delivered(ANNA, PHONE, 8, 6),
                delivered(ANNA, PHONE, 10, 8),
                delivered(ANNA, PHONE, 9, 7),
                delivered(ANNA, LAPTOP, 9, 7)),
            List.of(read(ANNA, 5), read(ANNA, 4)));

    assertThat(cursors.delivered)
        .containsExactlyInAnyOrder(
            new Cursors.Delivered(ANNA, PHONE, ROOM, 10, 8),
            new Cursors.Delivered(ANNA, LAPTOP, ROOM, 9, 7));
    assertThat(cursors.read).containsExactly(new Cursors.Read(ANNA, ROOM, 5));
    assertThat(told).contains(new ReceiptMoved(ROOM, ANNA, ReceiptKind.DELIVERED, 8));
    assertThat(told).contains(new ReceiptMoved(ROOM, ANNA, ReceiptKind.READ, 5));
    assertThat(headsAsked).isEmpty();
  }

  @Test
  void aMoveThatRaisesNothingIsNeitherStoredNorTold() {
    move(List.of(delivered(ANNA, PHONE, 10, 8)), List.of(read(ANNA, 8)));
    cursors.delivered.clear();
    cursors.read.clear();

    assertThat(move(List.of(delivered(ANNA, PHONE, 9, 7)), List.of(read(ANNA, 8)))).isEmpty();
    assertThat(cursors.delivered).isEmpty();
    assertThat(cursors.read).isEmpty();
  }

  @Test
  void whatAnotherNodeHasStoredIsNotToldLower() {
    cursors.elsewhere = Future.succeededFuture(List.of(new Cursors.UserCursor(ANNA, 8, 7)));

    assertThat(move(List.of(delivered(ANNA, PHONE, 9, 7)), List.of(read(ANNA, 6)))).isEmpty();
    assertThat(move(List.of(delivered(ANNA, PHONE, 11, 9)), List.of(read(ANNA, 8))))
        .containsExactlyInAnyOrder(
            new ReceiptMoved(ROOM, ANNA, ReceiptKind.DELIVERED, 9),
            new ReceiptMoved(ROOM, ANNA, ReceiptKind.READ, 8));
    assertThat(cursors.asked).as("it is known then").isEqualTo(1);
  }

  @Test
  void whatAnotherNodeHasStoredIsToldAgainSinceItMayHaveDiedBeforeItTold() {
    cursors.elsewhere = Future.succeededFuture(List.of(new Cursors.UserCursor(ANNA, 7, 6)));

    assertThat(move(List.of(delivered(ANNA, PHONE, 9, 7)), List.of(read(ANNA, 6)))).hasSize(2);
    assertThat(move(List.of(delivered(ANNA, PHONE, 9, 7)), List.of(read(ANNA, 6)))).isEmpty();
  }

  @Test
  void aChangeBeforeTheFirstMessageIsStoredAndNobodyIsTold() {
    assertThat(move(List.of(delivered(ANNA, PHONE, 3, 0)), List.of())).isEmpty();
    assertThat(cursors.delivered).hasSize(1);
  }

  @Test
  void whereItCannotBeKnownReceiptsAreTold() {
    cursors.elsewhere = Future.failedFuture("the store does not answer");

    assertThat(move(List.of(), List.of(read(ANNA, 6))))
        .containsExactly(new ReceiptMoved(ROOM, ANNA, ReceiptKind.READ, 6));
  }

  @Test
  void anotherDeviceThatIsBehindIsStoredButNotTold() {
    move(List.of(delivered(ANNA, PHONE, 10, 8)), List.of());

    assertThat(move(List.of(delivered(ANNA, LAPTOP, 9, 7)), List.of())).isEmpty();
    assertThat(cursors.delivered).contains(new Cursors.Delivered(ANNA, LAPTOP, ROOM, 9, 7));
  }

  @Test
  void aClientsOwnNumberIsClampedToTheHeadAndMapped() {
    move(List.of(delivered(ANNA, PHONE, 7, -1)), List.of());
    move(List.of(delivered(ANNA, LAPTOP, 999, -1)), List.of());

    assertThat(cursors.delivered)
        .containsExactly(
            new Cursors.Delivered(ANNA, PHONE, ROOM, 7, 5),
            new Cursors.Delivered(ANNA, LAPTOP, ROOM, 20, 17));
  }

  @Test
  void readIsClampedToTheHead() {
    assertThat(move(List.of(), List.of(read(ANNA, 5_000))))
        .containsExactly(new ReceiptMoved(ROOM, ANNA, ReceiptKind.READ, 17));
  }

  @Test
  void whatTheUserMayNotSeeChangesNothing() {
    List<ReceiptMoved> told =
        move(
            List.of(
                delivered(ANNA, PHONE, 2, -1),
                delivered(CARL, PHONE, 6, -1),
                delivered(new UserId("eve"), PHONE, 6, -1),
                new ReceiptMessages.Delivered(ANNA, PHONE, NOWHERE, 5, -1)),
            List.of(read(CARL, 4), read(new UserId("eve"), 4)));

    assertThat(told).isEmpty();
    assertThat(cursors.delivered).isEmpty();
    assertThat(cursors.read).isEmpty();
    assertThat(headsAsked).doesNotContain(List.of(NOWHERE));
  }

  @Test
  void whoHasJustJoinedIsKnownThoughTheyWereLookedUpBefore() {
    UserId eve = new UserId("eve");
    move(List.of(delivered(eve, PHONE, 6, 6)), List.of(read(eve, 4), read(CARL, 4)));

    join(eve, 18);
    join(CARL, 19);

    assertThat(move(List.of(delivered(eve, PHONE, 18, 15)), List.of(read(eve, 15), read(CARL, 9))))
        .containsExactlyInAnyOrder(
            new ReceiptMoved(ROOM, eve, ReceiptKind.DELIVERED, 15),
            new ReceiptMoved(ROOM, eve, ReceiptKind.READ, 15),
            new ReceiptMoved(ROOM, CARL, ReceiptKind.READ, 9));
  }

  @Test
  void aConversationWhoseOwnerIsSilentHoldsUpNoOther() {
    ConversationId moving = new ConversationId("moving");
    members.join(moving, new Stint(ANNA, Role.MEMBER, 1, Stint.STILL_THERE));
    ReceiptMessages.Delivered unplaced = new ReceiptMessages.Delivered(ANNA, PHONE, moving, 5, -1);
    ReceiptMessages.Read unread = new ReceiptMessages.Read(ANNA, PHONE, moving, 3);

    CursorMover.Outcome outcome =
        mover
            .move(
                new MoveCursors(List.of(delivered(ANNA, PHONE, 10, -1), unplaced), List.of(unread)))
            .result();

    assertThat(outcome.moved().receipts())
        .extracting(ReceiptMoved::conversationId)
        .containsExactly(ROOM);
    assertThat(outcome.rest().delivered()).containsExactly(unplaced);
    assertThat(outcome.rest().read()).containsExactly(unread);
  }

  @Test
  void aHoleInALogHoldsUpNoOtherAndIsWarnedOfOnce() {
    log.failures.put(DAMAGED, new HoleException(DAMAGED, 5));
    Logger logger = (Logger) LoggerFactory.getLogger(Unreadable.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);

    CursorMover.Outcome outcome =
        moveAll(List.of(inDamaged(PHONE, 5), inDamaged(LAPTOP, 5)), List.of(read(ANNA, 8)));
    CursorMover.Outcome more = moveAll(List.of(inDamaged(PHONE, 6)), List.of());
    logger.detachAppender(said);

    assertThat(outcome.rest().conversations()).isEmpty();
    assertThat(more.rest().conversations()).isEmpty();
    assertThat(outcome.moved().receipts())
        .containsExactly(new ReceiptMoved(ROOM, ANNA, ReceiptKind.READ, 8));
    assertThat(cursors.read).containsExactly(new Cursors.Read(ANNA, ROOM, 8));
    assertThat(cursors.delivered)
        .as("how many messages it had is not known")
        .containsExactlyInAnyOrder(
            new Cursors.Delivered(ANNA, PHONE, DAMAGED, 5, -1),
            new Cursors.Delivered(ANNA, LAPTOP, DAMAGED, 5, -1),
            new Cursors.Delivered(ANNA, PHONE, DAMAGED, 6, -1));
    assertThat(said.list).hasSize(1);
  }

  @Test
  void aLogThatIsAwayHoldsUpNoOther() {
    log.failures.put(DAMAGED, new IllegalStateException("away"));

    CursorMover.Outcome outcome = moveAll(List.of(inDamaged(PHONE, 5)), List.of(read(ANNA, 8)));

    assertThat(outcome.rest().delivered()).containsExactly(inDamaged(PHONE, 5));
    assertThat(outcome.rest().read()).isEmpty();
    assertThat(cursors.delivered).isEmpty();
    assertThat(cursors.read).containsExactly(new Cursors.Read(ANNA, ROOM, 8));
  }

  @Test
  void whoseMembershipIsDamagedHoldsUpNoOtherAndIsDropped() {
    members.failures.put(DAMAGED, new IllegalArgumentException("no such role"));

    CursorMover.Outcome outcome = moveInBoth();

    assertThat(outcome.rest().conversations()).isEmpty();
    assertThat(cursors.delivered).containsExactly(new Cursors.Delivered(ANNA, PHONE, ROOM, 7, 5));
    assertThat(cursors.read).containsExactly(new Cursors.Read(ANNA, ROOM, 8));
  }

  @Test
  void whoseMembershipCannotBeReadNowHoldsUpNoOtherAndWaits() {
    members.failures.put(DAMAGED, new IllegalStateException("away"));

    CursorMover.Outcome outcome = moveInBoth();

    assertThat(outcome.rest().delivered()).containsExactly(inDamaged(PHONE, 5));
    assertThat(outcome.rest().read())
        .containsExactly(new ReceiptMessages.Read(ANNA, PHONE, DAMAGED, 3));
    assertThat(cursors.delivered).containsExactly(new Cursors.Delivered(ANNA, PHONE, ROOM, 7, 5));
    assertThat(cursors.read).containsExactly(new Cursors.Read(ANNA, ROOM, 8));
  }

  private CursorMover.Outcome moveInBoth() {
    return moveAll(
        List.of(inDamaged(PHONE, 5), delivered(ANNA, PHONE, 7, -1)),
        List.of(new ReceiptMessages.Read(ANNA, PHONE, DAMAGED, 3), read(ANNA, 8)));
  }

  private static ReceiptMessages.Delivered inDamaged(DeviceId device, long changeSeq) {
    return new ReceiptMessages.Delivered(ANNA, device, DAMAGED, changeSeq, -1);
  }

  private CursorMover.Outcome moveAll(
      List<ReceiptMessages.Delivered> delivered, List<ReceiptMessages.Read> read) {
    return mover.move(new MoveCursors(delivered, read)).result();
  }

  private void join(UserId user, long at) {
    members.join(ROOM, new Stint(user, Role.MEMBER, at, Stint.STILL_THERE));
  }

  private List<ReceiptMoved> move(
      List<ReceiptMessages.Delivered> delivered, List<ReceiptMessages.Read> read) {
    return moveAll(delivered, read).moved().receipts();
  }

  private static ReceiptMessages.Delivered delivered(
      UserId user, DeviceId device, long changeSeq, long seq) {
    return new ReceiptMessages.Delivered(user, device, ROOM, changeSeq, seq);
  }

  private static ReceiptMessages.Read read(UserId user, long seq) {
    return new ReceiptMessages.Read(user, PHONE, ROOM, seq);
  }

  /** Of some conversations nothing can be read. */
  private static final class FakeMembers extends MembersInMemory {
    private final Map<ConversationId, Throwable> failures = new HashMap<>();

    @Override
    public Future<List<Stint>> stints(ConversationId conversation, UserId user) {
      Throwable failure = failures.get(conversation);
      return failure == null ? super.stints(conversation, user) : Future.failedFuture(failure);
    }
  }

  /** Twenty changes of which the first two and the last were no messages. */
  private static final class FakeLog implements MessageLog {
    private final Map<ConversationId, Throwable> failures = new HashMap<>();

    @Override
    public Future<List<Change>> ascending(
        ConversationId conversation, long from, long bound, int limit) {
      if (failures.containsKey(conversation)) {
        return Future.failedFuture(failures.get(conversation));
      }
      return Future.succeededFuture(
          LongStream.rangeClosed(from, Math.min(bound, from + limit - 1))
              .mapToObj(
                  number ->
                      new Change(
                          conversation,
                          number,
                          number - 2,
                          ChangeType.MESSAGE_NEW,
                          ANNA,
                          null,
                          0,
                          new byte[0]))
              .toList());
    }

    @Override
    public Future<List<Change>> descending(
        ConversationId conversation, long bound, long downTo, int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Position> published(ConversationId conversation) {
      throw new UnsupportedOperationException();
    }
  }
}
