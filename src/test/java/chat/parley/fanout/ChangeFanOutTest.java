package chat.parley.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.conversation.Stint;
import chat.parley.event.Alteration;
import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.event.ChangeType;
import chat.parley.event.StreamRecord;
import chat.parley.kafka.DeadLetter;
import chat.parley.kafka.TryAgainException;
import chat.parley.model.ConversationId;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.MessageId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeFanOutTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");
  private static final UserId DORA = new UserId("dora");

  private final Vertx vertx = Vertx.vertx();
  private final FakeCluster cluster = new FakeCluster();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> sent = new ArrayList<>();
  private BiFunction<String, DeliverChanges, Future<?>> gateway;
  private ChangeFanOut fanOut;

  @BeforeEach
  void begin() {
    cluster.member(ROOM, ANNA, 1);
    cluster.member(ROOM, BEN, 2);
    cluster.connect(ANNA, "g1");
    cluster.connect(BEN, "g2");
    cluster.connect(CARL, "g2");
    gateway = this::take;
    fanOut = fanOut();
  }

  @AfterEach
  void end() throws Exception {
    got(vertx.close());
  }

  @Test
  void sendsEachGatewayOneMessageWithAllThatItsUsersMaySee() throws Exception {
    got(fanOut.handle(List.of(message(3), message(4))));

    assertThat(sent).containsExactlyInAnyOrder("g1 3[anna] 4[anna]", "g2 3[ben] 4[ben]");
  }

  @Test
  void aMemberIsThereFromTheJoinToTheLeaveBothIncluded() throws Exception {
    got(fanOut.handle(List.of(message(3))));
    sent.clear();

    got(fanOut.handle(List.of(join(4, CARL), message(5), leave(6, CARL), message(7))));

    assertThat(sent)
        .containsExactlyInAnyOrder(
            "g1 4[anna] 5[anna] 6[anna] 7[anna]", "g2 4[ben,carl] 5[ben,carl] 6[ben,carl] 7[ben]");
    assertThat(cluster.memberReads()).isEqualTo(1);
  }

  @Test
  void aStoreThatIsAheadOfTheStreamShowsNobodyTooMuch() throws Exception {
    cluster.join(ROOM, new Stint(CARL, Role.ADMIN, 4, 6));

    got(fanOut.handle(List.of(message(3), join(4, CARL), message(5), leave(6, CARL), message(7))));

    assertThat(sent)
        .containsExactlyInAnyOrder(
            "g1 3[anna] 4[anna] 5[anna] 6[anna] 7[anna]",
            "g2 3[ben] 4[ben,carl] 5[ben,carl] 6[ben,carl] 7[ben]");
  }

  @Test
  void membersAreReadAnewBehindAGap() throws Exception {
    got(fanOut.handle(List.of(message(3))));
    cluster.member(ROOM, CARL, 4);
    sent.clear();

    got(fanOut.handle(List.of(message(5))));

    assertThat(sent).containsExactlyInAnyOrder("g1 5[anna]", "g2 5[ben,carl]");
  }

  @Test
  void whatHasGoneOutIsDroppedButALateFirstOneIsNot() throws Exception {
    got(fanOut.handle(List.of(message(3), message(5), message(5))));
    sent.clear();

    got(fanOut.handle(List.of(message(3), message(4), message(5), message(6))));

    assertThat(sent)
        .containsExactlyInAnyOrder("g1 4[anna]", "g2 4[ben]", "g1 6[anna]", "g2 6[ben]");
    assertThat(meters.get("parley.fanout.duplicates.dropped").counter().count()).isEqualTo(3);
  }

  @Test
  void whatIsPutBackGoesOutWhateverIsRememberedAndOnlyOnce() throws Exception {
    got(fanOut.handle(List.of(message(3), message(4), message(5))));
    sent.clear();

    got(fanOut.handle(List.of(message(4), replay(message(4)), message(5), message(6))));
    got(fanOut.handle(List.of(message(4))));

    assertThat(sent)
        .containsExactlyInAnyOrder("g1 4[anna]", "g2 4[ben]", "g1 6[anna]", "g2 6[ben]");
  }

  @Test
  void whatIsPutBackIsShownToThoseWhoWereMembersThenAndChangesNobodysMembershipNow()
      throws Exception {
    cluster.join(ROOM, new Stint(CARL, Role.MEMBER, 4, 6));
    cluster.join(ROOM, new Stint(CARL, Role.MEMBER, 8, Stint.STILL_THERE));
    got(fanOut.handle(List.of(message(9))));
    sent.clear();

    got(fanOut.handle(List.of(replay(message(5)))));
    got(fanOut.handle(List.of(replay(leave(6, CARL)))));
    got(fanOut.handle(List.of(replay(message(7)))));
    got(fanOut.handle(List.of(message(10))));

    assertThat(sent)
        .containsExactlyInAnyOrder(
            "g1 5[anna]", "g2 5[ben,carl]",
            "g1 6[anna]", "g2 6[ben,carl]",
            "g1 7[anna]", "g2 7[ben]",
            "g1 10[anna]", "g2 10[ben,carl]");
  }

  @Test
  void anEditOrADeleteComesWithoutItsMessageToWhoeverCameAfterThat() throws Exception {
    cluster.join(ROOM, new Stint(DORA, Role.MEMBER, 2, 3));
    cluster.connect(DORA, "g2");

    got(fanOut.handle(List.of(message(3), join(4, CARL), join(5, DORA), edit(6, 3), delete(7, 3))));
    got(fanOut.handle(List.of(message(8), edit(9, 8))));

    assertThat(sent)
        .containsExactlyInAnyOrder(
            "g1 3[anna] 4[anna] 5[anna] 6[anna] 7[anna]",
            "g2 3[ben,dora] 4[ben,carl] 5[ben,carl,dora]"
                + " 6[ben,dora] 6 without[carl] 7[ben,dora] 7 without[carl]",
            "g1 8[anna] 9[anna]",
            "g2 8[ben,carl,dora] 9[ben,carl,dora]");
  }

  @Test
  void whereThePastIsOpenItComesWithItToEverybody() throws Exception {
    cluster.history = HistoryVisibility.ALL;

    got(fanOut.handle(List.of(message(3), join(4, CARL), edit(5, 3))));

    assertThat(sent)
        .containsExactlyInAnyOrder(
            "g1 3[anna] 4[anna] 5[anna]", "g2 3[ben] 4[ben,carl] 5[ben,carl]");
  }

  @Test
  void aGatewayThatFailsIsAskedAgain() throws Exception {
    List<String> failing = new ArrayList<>(List.of("g1", "g1"));
    gateway = (to, message) -> failing.remove(to) ? Future.failedFuture("busy") : take(to, message);

    got(fanOut.handle(List.of(message(3))));

    assertThat(sent).containsExactlyInAnyOrder("g1 3[anna]", "g2 3[ben]");
  }

  @Test
  void aGatewayThatHasLeftIsNotWaitedFor() throws Exception {
    gateway =
        (to, message) -> {
          if (to.equals("g1")) {
            cluster.nodes.remove("g1");
            return Future.failedFuture("gone");
          }
          return take(to, message);
        };

    got(fanOut.handle(List.of(message(3))));

    assertThat(sent).containsExactly("g2 3[ben]");
  }

  @Test
  void aGatewayThatHasNotOpenedYetIsNotWaitedFor() throws Exception {
    cluster.closedGateways.add("g1");
    gateway =
        (to, message) ->
            to.equals("g1") ? Future.failedFuture("nobody is listening") : take(to, message);

    got(fanOut.handle(List.of(message(3))));

    assertThat(sent).containsExactly("g2 3[ben]");
  }

  @Test
  void aBatchThatAGatewayHasNotTakenComesAgainWhole() throws Exception {
    gateway = (to, message) -> to.equals("g1") ? Future.failedFuture("stuck") : take(to, message);
    assertThatThrownBy(() -> got(fanOut.handle(List.of(message(3)))))
        .hasRootCauseMessage("stuck")
        .hasCauseInstanceOf(TryAgainException.class);

    gateway = this::take;
    got(fanOut.handle(List.of(message(3))));

    assertThat(sent).contains("g1 3[anna]");
  }

  @Test
  void aStoreThatIsAwayIsNoFaultOfTheRecord() {
    cluster.away(new FailureException(Failure.UNAVAILABLE, "store away"));
    assertThatThrownBy(() -> got(fanOut.handle(List.of(message(3)))))
        .hasCauseInstanceOf(TryAgainException.class);
  }

  @Test
  void whatTheStoreHoldsOfARecordAndCannotBeReadIsItsOwnFault() {
    cluster.away(new IllegalArgumentException("no such role"));
    assertThatThrownBy(() -> got(fanOut.handle(List.of(message(3)))))
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aStoreThatFailsInAnyOtherWayIsAwayAndCostsNoRecord() {
    List<Throwable> outages =
        List.of(
            new FailureException(Failure.UNAVAILABLE, "does not answer"),
            new FailureException(Failure.OVERLOADED, "too much to do"),
            new IllegalStateException("Session is closed"),
            new RejectedExecutionException("queue full"));
    for (Throwable outage : outages) {
      cluster.away(outage);
      assertThatThrownBy(() -> got(fanOut.handle(List.of(message(3)))))
          .hasCauseInstanceOf(TryAgainException.class);
    }
  }

  @Test
  void aGatewayThatIsThereAndCannotIsTheRecordsOwnFault() {
    gateway =
        (to, message) ->
            to.equals("g1") ? Future.failedFuture(failure(Failure.INTERNAL)) : take(to, message);
    assertThatThrownBy(() -> got(fanOut.handle(List.of(message(3)))))
        .hasCauseInstanceOf(FailureException.class);
  }

  @Test
  void asLongAsOneGatewayIsAwayNothingIsTheRecordsOwnFault() {
    for (List<String> order : List.of(List.of("g1", "g2"), List.of("g2", "g1"))) {
      gateway =
          (to, message) ->
              Future.failedFuture(
                  failure(to.equals(order.get(0)) ? Failure.INTERNAL : Failure.UNAVAILABLE));
      assertThatThrownBy(() -> got(fanOut.handle(List.of(message(3)))))
          .hasCauseInstanceOf(TryAgainException.class);
    }
  }

  @Test
  void aRecordWhoseValueWouldBreakEveryClientsFrameIsDamaged() {
    StreamRecord sound = message(3);
    StreamRecord cut = new StreamRecord(sound.key(), new byte[] {'{', '"', 'a'}, sound.headers());
    assertThatThrownBy(() -> fanOut.handle(List.of(cut)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static FailureException failure(Failure failure) {
    return new FailureException(failure, "no");
  }

  @Test
  void skipsTypesOfANewerVersion() throws Exception {
    StreamRecord strange =
        new StreamRecord(
            "room", new byte[0], Map.of("v", new byte[] {'1'}, "type", new byte[] {'9'}));
    got(fanOut.handle(List.of(strange, message(3))));
    assertThat(sent).hasSize(2);
  }

  private ChangeFanOut fanOut() {
    FanOutSettings settings = FanOutSettings.defaults();
    return new ChangeFanOut(
        new Seen(100),
        new MemberRoutes(
            new Audiences(cluster, settings, Ticker.systemTicker(), moved -> {}),
            new Newcomers(cluster),
            cluster),
        new GatewayCourier(
            vertx, cluster, cluster::isGatewayOpen, (to, message) -> gateway.apply(to, message)),
        new FanOutMeters(meters, Clock.systemUTC(), FanOutMeters.Mode.SMALL));
  }

  private Future<?> take(String to, DeliverChanges message) {
    StringBuilder line = new StringBuilder(to);
    for (Delivery delivery : message.deliveries()) {
      Stream<String> users = delivery.users().stream().map(UserId::value).sorted();
      Change change = delivery.change();
      line.append(' ').append(change.changeSeq());
      if (Alteration.isWhole(change) && !new String(change.payload(), UTF_8).contains("message")) {
        line.append(" without");
      }
      line.append('[').append(String.join(",", users.toList())).append(']');
    }
    sent.add(line.toString());
    return Future.succeededFuture();
  }

  private static StreamRecord message(long number) {
    return record(ChangeType.MESSAGE_NEW, number, null);
  }

  private static StreamRecord edit(long number, long of) {
    return alteration(ChangeType.MESSAGE_EDIT, number, of);
  }

  private static StreamRecord delete(long number, long of) {
    return alteration(ChangeType.MESSAGE_DELETE, number, of);
  }

  private static StreamRecord alteration(ChangeType type, long number, long of) {
    String payload = "{\"message\":{\"messageId\":\"" + new MessageId(ROOM, of) + "\"}}";
    return ChangeRecord.encode(
        new Change(ROOM, number, number, type, ANNA, null, 0, payload.getBytes(UTF_8)));
  }

  private static StreamRecord replay(StreamRecord record) {
    DeadLetter letter = DeadLetter.decode(record);
    return letter.replay("ada", 1);
  }

  private static StreamRecord join(long number, UserId who) {
    return record(ChangeType.MEMBER_JOINED, number, who);
  }

  private static StreamRecord leave(long number, UserId who) {
    return record(ChangeType.MEMBER_LEFT, number, who);
  }

  private static StreamRecord record(ChangeType type, long number, UserId subject) {
    return ChangeRecord.encode(
        new Change(ROOM, number, number, type, ANNA, subject, 0, new byte[] {'{', '}'}));
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
