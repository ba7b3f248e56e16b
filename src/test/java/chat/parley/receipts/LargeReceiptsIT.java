package chat.parley.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.ReceiptCounts;
import chat.parley.bus.ReceiptMessages.ReceiptsCounted;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import chat.parley.testing.HandClock;
import chat.parley.testing.SharedStack;
import chat.parley.turns.Parts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A thousand members of a large conversation read it: what that costs the store and the others. */
class LargeReceiptsIT {
  private static final int MEMBERS = 1_000;
  private static final long HEAD = 500;
  private static final LargeSettings SETTINGS = LargeSettings.defaults();

  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static final List<UserId> ALL =
      IntStream.range(0, MEMBERS).mapToObj(i -> new UserId("u" + i)).toList();
  private static final List<UserId> USERS = ALL.subList(0, 100);
  private static Vertx vertx;
  private static CassandraSession session;
  private static Conversations conversations;
  private static Cursors cursors;

  private final ConversationId hall = new ConversationId("hall-" + UUID.randomUUID());
  private final HandClock clock = new HandClock();
  private final List<ReceiptsCounted> told = new ArrayList<>();
  private boolean mayTell = true;
  private LargeReceipts receipts;

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connect(vertx, SharedStack.cassandra("large_receipts"), METERS));
    conversations = Await.join(Conversations.over(session));
    cursors = Await.join(Cursors.over(session));
  }

  @AfterAll
  static void close() {
    Await.join(session.close());
    Await.join(vertx.close());
  }

  @BeforeEach
  void begin() {
    receipts = begun();
  }

  @Test
  void aThousandWhoReadTenTimesInAFlushCostTwoWritesEachAndAreToldOnce() {
    join(ALL);
    double before = writes();
    for (int round = 1; round <= 10; round++) {
      long seq = 40L + round;
      for (List<UserId> some : Parts.of(ALL, 100)) {
        Await.join(receipts.move(moves(some, seq)));
      }
      clock.pass(Duration.ofMillis(SETTINGS.flushMs() / 11));
    }
    Await.join(flush(receipts));

    assertThat(writes() - before).isLessThanOrEqualTo(2.0 * MEMBERS);
    assertThat(told).containsExactly(new ReceiptsCounted(hall, 50, MEMBERS, MEMBERS));
    assertThat(Await.join(cursors.readBy(USERS.get(7)))).containsEntry(hall, 50L);
    assertThat(Await.join(cursors.deliveredTo(USERS.get(7), device(USERS.get(7)))))
        .containsEntry(hall, 55L);

    Await.join(flush(receipts));
    assertThat(told).hasSize(1);
    assertThat(writes() - before).isLessThanOrEqualTo(2.0 * MEMBERS);
  }

  @Test
  void countsThatTheNodeHadNoTimeForAreToldAtALaterFlush() {
    join(USERS);
    mayTell = false;
    Await.join(receipts.move(moves(USERS, 50)));
    Await.join(flush(receipts));
    assertThat(told).isEmpty();

    mayTell = true;
    Await.join(flush(receipts));

    assertThat(told).containsExactly(new ReceiptsCounted(hall, 50, USERS.size(), USERS.size()));
  }

  @Test
  void whatIsOnlyDeliveredCostsARowADeviceEveryHundredChangesAndNotOneAMessage() {
    join(USERS);
    Await.join(receipts.move(delivered(USERS, 10)));
    Await.join(flush(receipts));
    double before = writes();
    for (long changeSeq = 11; changeSeq <= 10 + SETTINGS.deliveredStep(); changeSeq++) {
      double flushed = writes();
      Await.join(receipts.move(delivered(USERS, changeSeq)));
      Await.join(flush(receipts));
      assertThat(writes() - flushed).as("change %d", changeSeq).isLessThan(USERS.size() / 5.0);
    }
    assertThat(writes() - before).isEqualTo(USERS.size());
  }

  @Test
  void anotherNodeRebuildsTheCountsFromTheStoredCursors() {
    join(USERS);
    Await.join(receipts.move(moves(USERS.subList(0, 60), 30)));
    Await.join(receipts.move(moves(USERS.subList(60, 90), 20)));
    Await.join(flush(receipts));

    LargeReceipts other = begun();

    assertThat(Await.join(other.counts(question(99, 30)))).isEqualTo(new ReceiptCounts(60, 60));
    assertThat(Await.join(other.counts(question(0, 20)))).isEqualTo(new ReceiptCounts(89, 89));
    Await.join(other.move(moves(List.of(USERS.get(99)), 31)));
    Await.join(flush(other));
    assertThat(told).endsWith(new ReceiptsCounted(hall, 31, 1, 1));
  }

  @Test
  void whoeverWaitsForItFindsItDurableAndWhoIsNoMemberCountsForNothing() {
    join(USERS);
    UserId stranger = new UserId("stranger");
    Await.join(receipts.move(moves(List.of(USERS.get(0)), 12)));
    Await.join(
        receipts.move(
            new MoveCursors(
                List.of(
                    new ReceiptMessages.Delivered(stranger, new DeviceId("phone"), hall, 14, -1)),
                moves(List.of(stranger), 14).read())));
    Await.join(receipts.move(moves(List.of(USERS.get(0)), 13)));
    assertThat(Await.join(cursors.readBy(USERS.get(0)))).containsEntry(hall, 12L);

    MoveCursors urgent = moves(List.of(USERS.get(0)), 14);
    Await.join(receipts.move(new MoveCursors(urgent.delivered(), urgent.read())));
    assertThat(Await.join(cursors.readBy(USERS.get(0)))).containsEntry(hall, 14L);

    Await.join(flush(receipts));
    assertThat(told).containsExactly(new ReceiptsCounted(hall, 14, 1, 1));
    assertThat(refusal(receipts.counts(new ReceiptsQuery(stranger, hall, 1))))
        .isEqualTo(Failure.NOT_FOUND);
  }

  @Test
  void whoHasLeftIsCountedNoMoreAfterAMinute() {
    join(USERS);
    Await.join(receipts.move(moves(USERS.subList(0, 10), 12)));
    Await.join(flush(receipts));
    Await.join(conversations.record(hall, new Stint(USERS.get(3), Role.MEMBER, 1, 77), 77));
    clock.pass(Duration.ofSeconds(61));

    Await.join(receipts.move(moves(USERS.subList(0, 1), 12)));
    Await.join(receipts.move(moves(USERS.subList(0, 1), 13)));
    Await.join(flush(receipts));

    assertThat(refusal(receipts.counts(question(3, 12)))).isEqualTo(Failure.NOT_A_MEMBER);
    assertThat(Await.join(receipts.counts(question(99, 12)))).isEqualTo(new ReceiptCounts(9, 9));
  }

  @Test
  void whatIsNotWorthAWriteIsStoredWhenTheNodeStops() {
    join(USERS);
    deliverTwice();

    Await.join(receipts.close());

    assertThat(Await.join(begun().counts(question(99, 10))).delivered()).isEqualTo(99);
  }

  @Test
  void whatIsNotWorthAWriteIsStoredBeforeItIsForgotten() {
    join(USERS);
    deliverTwice();
    clock.pass(Duration.ofMinutes(11));

    for (int step = 0; step <= LargeReceipts.STEPS; step++) {
      Await.join(receipts.step());
    }

    assertThat(Await.join(begun().counts(question(99, 10))).delivered()).isEqualTo(99);
    double looks = cursorLooks();
    assertThat(Await.join(receipts.counts(question(99, 10))).delivered()).isEqualTo(99);
    assertThat(cursorLooks()).as("it was forgotten").isGreaterThan(looks);
  }

  /** The second time is so near the first that it is not worth a write. */
  private void deliverTwice() {
    Await.join(receipts.move(delivered(USERS, 14)));
    Await.join(flush(receipts));
    double before = writes();
    Await.join(receipts.move(delivered(USERS, 15)));
    Await.join(flush(receipts));
    assertThat(writes() - before).isLessThan(USERS.size() / 5.0);
  }

  /** All parts. */
  private static Future<Void> flush(LargeReceipts some) {
    List<Future<Void>> steps = new ArrayList<>();
    for (int step = 0; step < LargeReceipts.STEPS; step++) {
      steps.add(some.step());
    }
    return Future.join(steps).mapEmpty();
  }

  private LargeReceipts begun() {
    return new LargeReceipts(
        conversations,
        cursors,
        null, // every move here says its seq
        (asked, ms) -> Future.succeededFuture(Map.of(hall, new Head(hall, HEAD, HEAD, true))),
        told::add,
        () -> mayTell,
        SETTINGS,
        clock);
  }

  private void join(List<UserId> users) {
    for (List<UserId> some : Parts.of(users, 100)) {
      Await.join(
          Future.all(
              some.stream()
                  .map(user -> new Stint(user, Role.MEMBER, 1, Stint.STILL_THERE))
                  .map(stint -> conversations.record(hall, stint, 1))
                  .toList()));
    }
  }

  private MoveCursors moves(List<UserId> users, long seq) {
    return new MoveCursors(
        delivered(users, seq + 5).delivered(),
        users.stream()
            .map(user -> new ReceiptMessages.Read(user, device(user), hall, seq))
            .toList(),
        false,
        true);
  }

  private MoveCursors delivered(List<UserId> users, long changeSeq) {
    return new MoveCursors(
        users.stream()
            .map(
                user ->
                    new ReceiptMessages.Delivered(
                        user, device(user), hall, changeSeq, changeSeq - 5))
            .toList(),
        List.of(),
        false,
        true);
  }

  private ReceiptsQuery question(int user, long seq) {
    return new ReceiptsQuery(USERS.get(user), hall, seq);
  }

  private static Failure refusal(Future<?> future) {
    return Await.join(
        future.transform(
            done -> Future.succeededFuture(((FailureException) done.cause()).failure())));
  }

  private static DeviceId device(UserId user) {
    return new DeviceId("d-" + user.value());
  }

  private static double cursorLooks() {
    return requests("cursor.here");
  }

  private static double writes() {
    return requests("cursor.move");
  }

  private static double requests(String op) {
    return METERS.find("parley.cassandra.requests").tag("op", op).timers().stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }
}
