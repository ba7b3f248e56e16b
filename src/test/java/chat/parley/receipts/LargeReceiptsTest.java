package chat.parley.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.ReceiptCounts;
import chat.parley.bus.ReceiptMessages.ReceiptsCounted;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import chat.parley.cursor.Cursors;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.HandClock;
import chat.parley.testing.MembersInMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When what is gathered is stored and told, and what becomes of stores that fail or do not end. */
class LargeReceiptsTest {
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final ConversationId HALL = new ConversationId("hall");

  private final HandClock clock = new HandClock();
  private final MembersInMemory members = new MembersInMemory();
  private final KeptCursors cursors = new KeptCursors(ANNA);
  private final List<ReceiptsCounted> told = new ArrayList<>();
  private final LargeReceipts receipts =
      new LargeReceipts(
          members,
          cursors,
          null, // every move here says its seq
          (asked, ms) -> {
            Map<ConversationId, Head> found = new HashMap<>();
            asked.forEach(id -> found.put(id, new Head(id, 99, 99, true)));
            return Future.succeededFuture(found);
          },
          told::add,
          () -> true,
          LargeSettings.defaults(),
          clock);

  @Test
  void howeverManyThereAreAllAreStoredAtTheEnd() {
    List<ConversationId> halls = halls(20_000);
    halls.forEach(hall -> deliver(hall, 7));

    assertThat(receipts.close().succeeded()).isTrue();

    assertThat(stored(7)).hasSize(halls.size());
  }

  @Test
  void whatIsOnItsWayAtTheEndIsWaitedForAndGoesOnceMoreWhereItFails() {
    members.join(HALL, ANNA, Role.MEMBER);
    deliver(HALL, 7);
    Promise<Void> write = Promise.promise();
    cursors.outcome = write::future;
    flush();
    cursors.delivered.clear();
    cursors.outcome = Future::succeededFuture;

    Future<Void> closed = receipts.close();

    assertThat(closed.isComplete()).isFalse();
    write.fail("the store was away");
    assertThat(closed.succeeded()).isTrue();
    assertThat(stored(7)).containsExactly(HALL);
  }

  @Test
  void oneThatCannotBeStoredCostsNoOther() {
    List<ConversationId> halls = halls(12);
    halls.forEach(hall -> deliver(hall, 7));
    Queue<Future<Void>> outcomes = new ArrayDeque<>();
    IntStream.range(0, 5).forEach(i -> outcomes.add(Future.failedFuture("not now")));
    cursors.outcome = () -> outcomes.isEmpty() ? Future.succeededFuture() : outcomes.poll();

    receipts.close();

    assertThat(stored(7)).hasSize(halls.size());
  }

  @Test
  void whatIsSaidOnceMoreIsDurableWhenTheFirstTimeIs() {
    members.join(HALL, ANNA, Role.MEMBER);
    Promise<Void> write = Promise.promise();
    cursors.outcome = write::future;
    MoveCursors read =
        new MoveCursors(List.of(), List.of(new ReceiptMessages.Read(ANNA, PHONE, HALL, 5)))
            .inPart();
    Future<Moved> first = receipts.move(read);

    Future<Moved> again = receipts.move(read);

    assertThat(again.isComplete()).isFalse();
    write.fail("the store was away");
    assertThat(first.result().rest().read()).hasSize(1);
    assertThat(again.result().rest().read()).hasSize(1);
  }

  @Test
  void ofIdleOnesAFewAreStoredAtOnce() {
    halls(9).forEach(hall -> deliver(hall, 7));
    flush();
    halls(9).forEach(hall -> deliver(hall, 8));
    flush();
    cursors.delivered.clear();
    clock.pass(Duration.ofMinutes(11));

    receipts.step();
    assertThat(stored(8)).hasSize(4);
    receipts.step();
    receipts.step();
    assertThat(stored(8)).hasSize(9);
  }

  @Test
  void countsDoNotGoBackWhereAnotherNodeHasGatheredMeanwhile() {
    List.of(ANNA, BEN, CARL).forEach(user -> members.join(HALL, user, Role.MEMBER));
    receipts.sees(Set.of("this"));
    deliver(HALL, 7);
    flush();
    assertThat(told).containsExactly(new ReceiptsCounted(HALL, 7, 1, 0));
    receipts.sees(Set.of("this", "other"));
    cursors.elsewhere =
        Future.succeededFuture(
            List.of(
                new Cursors.UserCursor(ANNA, 7, 0),
                new Cursors.UserCursor(BEN, 9, 9),
                new Cursors.UserCursor(CARL, 9, 8)));

    receipts.sees(Set.of("this"));

    assertThat(receipts.counts(new ReceiptsQuery(ANNA, HALL, 9)).result())
        .isEqualTo(new ReceiptCounts(2, 1));
    receipts.sees(Set.of("this", "third"));
    cursors.elsewhere = Future.succeededFuture(List.of(new Cursors.UserCursor(CARL, 9, 9)));
    deliver(HALL, 9);
    flush();
    assertThat(told).last().isEqualTo(new ReceiptsCounted(HALL, 9, 3, 2));
  }

  @Test
  void whileNodesComeAndGoMovesAreTakenInAndAFewAreRebuiltAtOnce() {
    List<ConversationId> halls = halls(9);
    halls.forEach(hall -> deliver(hall, 7));
    flush();
    told.clear();
    Promise<List<Cursors.UserCursor>> stored = Promise.promise();
    cursors.elsewhere = stored.future();
    int before = cursors.asked;
    receipts.sees(Set.of("this", "other"));
    flush();
    assertThat(cursors.asked).as("of none there is anything to tell").isEqualTo(before);

    halls.forEach(hall -> deliver(hall, 8));
    flush();
    flush();

    assertThat(cursors.asked - before).isEqualTo(4);
    assertThat(told).isEmpty();
    stored.complete(List.of());
    assertThat(cursors.asked - before).isEqualTo(9);
    assertThat(told).hasSize(9);
  }

  @Test
  void oneThatCannotBeRebuiltIsNotToldFromUntilItCan() {
    members.join(HALL, ANNA, Role.MEMBER);
    deliver(HALL, 7);
    receipts.sees(Set.of("this", "other"));
    cursors.elsewhere = Future.failedFuture("the store is away");
    flush();
    assertThat(told).isEmpty();
    assertThat(stored(7)).as("it is stored all the same").containsExactly(HALL);

    cursors.elsewhere = Future.succeededFuture(List.of());
    flush();

    assertThat(told).containsExactly(new ReceiptsCounted(HALL, 7, 1, 0));
  }

  @Test
  void whereAMemberCannotBeReadCursorsAreStoredAndNoCountsAreTold() {
    members.join(HALL, ANNA, Role.MEMBER);
    members.away(new IllegalArgumentException("no such role"));

    deliver(HALL, 7);
    flush();

    assertThat(stored(7)).containsExactly(HALL);
    assertThat(told).isEmpty();
    members.away(null);
    clock.pass(Duration.ofMinutes(2));
    flush();
    assertThat(told).containsExactly(new ReceiptsCounted(HALL, 7, 1, 0));
  }

  /** All parts. */
  private Future<Void> flush() {
    List<Future<Void>> steps = new ArrayList<>();
    for (int step = 0; step < LargeReceipts.STEPS; step++) {
      steps.add(receipts.step());
    }
    return Future.join(steps).mapEmpty();
  }

  private List<ConversationId> halls(int count) {
    List<ConversationId> halls =
        IntStream.range(0, count).mapToObj(i -> new ConversationId("hall-" + i)).toList();
    halls.forEach(hall -> members.join(hall, ANNA, Role.MEMBER));
    return halls;
  }

  private void deliver(ConversationId hall, long changeSeq) {
    Future<Moved> moved =
        receipts.move(
            new MoveCursors(
                List.of(new ReceiptMessages.Delivered(ANNA, PHONE, hall, changeSeq, changeSeq)),
                List.of(),
                false,
                true));
    assertThat(moved.result().rest().conversations()).isEmpty();
  }

  private Set<ConversationId> stored(long changeSeq) {
    Set<ConversationId> stored = new HashSet<>();
    cursors.delivered.stream()
        .filter(move -> move.changeSeq() == changeSeq)
        .map(Cursors.Delivered::conversationId)
        .forEach(stored::add);
    return stored;
  }
}
