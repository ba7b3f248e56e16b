package chat.parley.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.StreamRecord;
import chat.parley.kafka.TryAgainException;
import chat.parley.log.DamagedLogException;
import chat.parley.log.HoleException;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxRow;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the stream makes of rows, in whatever order and however often it brings its records. */
class ProjectionTest {
  private static final ConversationId ROOM = RoomLog.ROOM;
  private static final UserId ANNA = RoomLog.ANNA;
  private static final UserId BEN = RoomLog.BEN;
  private static final UserId CARL = RoomLog.CARL;
  private static final UserId DORA = RoomLog.DORA;

  private final RoomLog world = new RoomLog();

  @Test
  void aMessageIsInTheRowsOfThoseWhoAreThere() {
    world.joined(ANNA).joined(BEN).message().left(BEN).message();

    handle(world.records());

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(5, 2), 5, 5, 1, 0, 1, false));
    assertThat(world.row(BEN)).isEqualTo(new InboxRow(ROOM, at(3, 1), 3, 3, 2, 0, 2, false));
  }

  @Test
  void whoJoinsKnowsNothingOfEarlierMessages() {
    world.joined(ANNA).message().message().joined(BEN);

    handle(world.records());

    assertThat(world.row(BEN)).isEqualTo(new InboxRow(ROOM, at(4, 2), 0, 0, 4, 2, 4, false));
  }

  @Test
  void aBusyConversationIsOneNoteAMemberAndBatch() {
    world.joined(ANNA).joined(BEN);
    for (int i = 0; i < 50; i++) {
      world.message();
    }
    handle(world.records());
    assertThat(world.notes).isEqualTo(2);
  }

  @Test
  void membersAreReadOnceAndFollowed() {
    world.joined(ANNA).joined(BEN).message();
    Projection projection = projection();
    List<StreamRecord> first = world.records();
    assertThat(projection.handle(first).succeeded()).isTrue();
    world.message().left(BEN).message().joined(CARL).message();
    List<StreamRecord> rest = world.records().subList(first.size(), world.records().size());

    rest.forEach(record -> assertThat(projection.handle(List.of(record)).succeeded()).isTrue());

    assertThat(world.memberReads()).isEqualTo(1);
    assertThat(world.row(BEN).position()).isEqualTo(at(4, 2));
    assertThat(world.row(CARL)).isEqualTo(new InboxRow(ROOM, at(8, 4), 8, 8, 7, 3, 7, false));
  }

  @Test
  void theRowsOfALargeConversationSayOnlyThatTheyDoNotFollow() {
    world.joined(ANNA).joined(BEN).joined(CARL).message().joined(DORA).message().message();

    handle(world.records());

    assertThat(world.row(ANNA).byHead()).isTrue();
    assertThat(world.row(ANNA).position()).isEqualTo(at(4, 1));
    assertThat(world.row(DORA)).isEqualTo(new InboxRow(ROOM, Position.START, 0, 0, 5, 1, 5, true));

    world.left(BEN);
    handle(world.records());
    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(8, 3), 7, 7, 1, 0, 1, false));
    assertThat(world.row(DORA)).isEqualTo(new InboxRow(ROOM, at(8, 3), 7, 7, 5, 1, 5, false));
  }

  @Test
  void aChangeOfANewerVersionMakesTheRowUnsureUntilTheNextOne() {
    world.joined(ANNA).message().message();
    List<StreamRecord> records = world.records();
    StreamRecord second = records.get(1);
    Map<String, byte[]> headers = new HashMap<>(second.headers());
    headers.put("type", new byte[] {'9', '9'});
    StreamRecord newer = new StreamRecord(second.key(), second.value(), headers);
    Projection follows = projection();
    assertThat(follows.handle(records.subList(0, 1)).succeeded()).isTrue();

    assertThat(follows.handle(List.of(newer)).succeeded()).isTrue();
    assertThat(world.row(ANNA).byHead()).isTrue();
    assertThat(follows.handle(records.subList(2, 3)).succeeded()).isTrue();
    assertThat(world.row(ANNA).byHead()).isFalse();
  }

  @Test
  void aDamagedRecordIsPutAsideAndTheRowDoesNotPassForWhole() {
    world.joined(ANNA).message().message();
    List<StreamRecord> records = new ArrayList<>(world.records());
    StreamRecord last = records.get(2);
    records.set(2, new StreamRecord(last.key(), new byte[] {'?'}, last.headers()));

    assertThat(projection().handle(records).cause()).isInstanceOf(IllegalArgumentException.class);
    assertThat(world.row(ANNA).byHead()).isTrue();
    StreamRecord nobodys = new StreamRecord(null, last.value(), Map.of());
    assertThat(projection().handle(List.of(nobodys)).failed()).isTrue();
  }

  @Test
  void aStoreThatIsAwayIsWaitedFor() {
    world.joined(ANNA);
    world.away(new IllegalStateException("away"));
    assertThat(projection().handle(world.records()).cause()).isInstanceOf(TryAgainException.class);
  }

  @Test
  void whatTheLogHoldsAndNobodyCanReadIsTheRecordsOwnFaultAndNotWaitedFor() {
    StreamRecord leave = aLeaveThatShrinks();
    world.hole(6);
    assertThat(projection().handle(List.of(leave)).cause()).isInstanceOf(HoleException.class);
    world.heal();
    world.unreadable(6);
    assertThat(projection().handle(List.of(leave)).cause()).isInstanceOf(DamagedLogException.class);
  }

  @Test
  void aHoleOfAMomentLeavesNothingBehind() {
    StreamRecord leave = aLeaveThatShrinks();
    Projection projection = projection();
    world.hole(6);
    assertThat(projection.handle(List.of(leave)).failed()).isTrue();
    world.heal();

    assertThat(projection.handle(List.of(leave)).succeeded()).isTrue();

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(8, 3), 7, 7, 1, 0, 1, false));
  }

  @Test
  void theRowsOfARecordThatIsPutAsideForItsOwnFaultDoNotPassForWhole() {
    world.joined(ANNA).joined(BEN).message();
    Projection projection = projection();
    assertThat(projection.handle(world.records()).succeeded()).isTrue();
    List<StreamRecord> records = world.message().message().records();
    RuntimeException ownFault = new IllegalArgumentException("no such role");
    world.away(ownFault);

    assertThat(projection.handle(records.subList(4, 5)).cause()).isSameAs(ownFault);

    assertThat(world.row(ANNA).byHead()).as("who was there when it last was known").isTrue();
    world.away(null);
    StreamRecord nobodyJoins = without("subject", world.joined(CARL).records().get(5));
    handle(records);
    assertThat(world.row(BEN).byHead()).isFalse();
    assertThat(projection().handle(List.of(nobodyJoins)).failed()).isTrue();
    assertThat(world.row(BEN).byHead()).isTrue();
    assertThat(world.row(CARL).byHead()).isTrue();
  }

  @Test
  void theRowsOfARecordThatIsPutAsideAndMadeItsConversationLargeDoNotPassForWhole() {
    world.joined(ANNA).joined(DORA).left(DORA).joined(BEN).joined(CARL).message();
    handle(world.records());
    assertThat(world.row(ANNA).byHead()).isFalse();
    assertThat(world.row(DORA).byHead()).as("of an earlier stay").isFalse();
    List<StreamRecord> records = world.joined(DORA).message().records();
    StreamRecord join = records.get(6);
    StreamRecord damaged = new StreamRecord(join.key(), new byte[] {'?'}, join.headers());
    Projection projection = projection();

    assertThat(projection.handle(List.of(damaged)).failed()).isTrue();
    assertThat(projection.handle(records.subList(7, 8)).succeeded()).isTrue();

    for (UserId user : List.of(ANNA, BEN, CARL, DORA)) {
      assertThat(world.row(user).byHead()).as(user.value()).isTrue();
    }
  }

  @Test
  void aStoreThatIsAwayWhenRowsAreToBeMarkedIsWaitedFor() {
    world.joined(ANNA).message();
    handle(world.records());
    StreamRecord nobodyJoins = without("subject", world.joined(BEN).records().get(2));
    world.away(new IllegalStateException("away"));
    assertThat(projection().handle(List.of(nobodyJoins)).cause())
        .isInstanceOf(TryAgainException.class);
  }

  @Test
  void aRecordThatIsPutBackAfterItWasMendedMakesItsRowsWhole() {
    world.joined(ANNA).message().message();
    List<StreamRecord> records = world.records();
    StreamRecord last = records.get(2);
    StreamRecord damaged = new StreamRecord(last.key(), new byte[] {'?'}, last.headers());
    handle(records.subList(0, 2));
    assertThat(projection().handle(List.of(damaged)).failed()).isTrue();
    assertThat(world.row(ANNA).byHead()).isTrue();

    handle(List.of(last));

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(3, 2), 3, 3, 1, 0, 1, false));
  }

  @Test
  void aMessageThatIsPutAsideIsTheLastOneOfTheRowThatFollowsAgain() {
    world.joined(ANNA).message().message().reaction();
    List<StreamRecord> records = world.records();
    handle(records.subList(0, 2));
    assertThat(projection().handle(List.of(damaged(records.get(2)))).failed()).isTrue();
    assertThat(world.row(ANNA).byHead()).isTrue();

    handle(records.subList(3, 4));

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(4, 2), 3, 3, 1, 0, 1, false));
  }

  @Test
  void aDamagedMessageBetweenOthersIsTheLastOneOfTheirBatch() {
    world.joined(ANNA).message().message().reaction();
    List<StreamRecord> records = new ArrayList<>(world.records());
    records.set(2, damaged(records.get(2)));

    assertThat(projection().handle(records).failed()).isTrue();

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(4, 2), 3, 3, 1, 0, 1, false));
  }

  @Test
  void aMessageThatIsPutAsideForItsOwnFaultIsTheLastOneOfTheRowThatFollowsAgain() {
    world.joined(ANNA).message();
    Projection projection = projection();
    assertThat(projection.handle(world.records()).succeeded()).isTrue();
    List<StreamRecord> records = world.message().message().reaction().records();
    world.away(new IllegalArgumentException("no such role"));
    assertThat(projection.handle(records.subList(3, 4)).failed()).isTrue();
    world.away(null);

    handle(records.subList(4, 5));

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(5, 3), 4, 4, 1, 0, 1, false));
  }

  @Test
  void whatMayBeAMessageMakesTheRowNotKnowTheLastOneUntilTheRecordIsMended() {
    world.joined(ANNA).message().message().reaction();
    List<StreamRecord> records = world.records();
    StreamRecord nobodyKnows = without("type", without("at", records.get(2)));
    handle(records.subList(0, 2));
    assertThat(projection().handle(List.of(nobodyKnows)).failed()).isTrue();
    handle(records.subList(3, 4));
    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(4, 2), 3, 0, 1, 0, 1, false));
    assertThat(world.row(ANNA).knowsLastMessage()).isFalse();

    handle(List.of(records.get(2)));

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(4, 2), 3, 3, 1, 0, 1, false));
    assertThat(projection().handle(List.of(nobodyKnows)).failed()).isTrue();
    assertThat(world.row(ANNA).messageAt()).as("also where it comes once more").isEqualTo(3);
  }

  @Test
  void whatIsPutAsideAndIsNoMessageLeavesTheLastOneAsItIs() {
    world.joined(ANNA).message().reaction().reaction();
    List<StreamRecord> records = world.records();
    handle(records.subList(0, 2));
    assertThat(projection().handle(List.of(damaged(records.get(2)))).failed()).isTrue();

    handle(records.subList(3, 4));

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(4, 1), 2, 2, 1, 0, 1, false));
  }

  /** Messages 4, 6 and 7 of a conversation that was large, and 8, with which it is small again. */
  private StreamRecord aLeaveThatShrinks() {
    world.joined(ANNA).joined(BEN).joined(CARL).message().joined(DORA).message().message();
    handle(world.records());
    return world.left(BEN).records().get(7);
  }

  private static StreamRecord damaged(StreamRecord record) {
    return new StreamRecord(record.key(), new byte[] {'?'}, record.headers());
  }

  private static StreamRecord without(String header, StreamRecord record) {
    Map<String, byte[]> headers = new HashMap<>(record.headers());
    assertThat(headers.remove(header)).isNotNull();
    return new StreamRecord(record.key(), record.value(), headers);
  }

  /** Any order, any repetition, any batches, any node: the rows are those of the log. */
  @Test
  void whateverTheStreamDoesTheRowsAreThoseOfTheLog() {
    for (long seed = 0; seed < 300; seed++) {
      RoomLog one = new RoomLog();
      Random random = new Random(seed);
      one.play(random, 60);
      List<StreamRecord> stream = new ArrayList<>(one.records());
      for (int i = 0; i < 20; i++) {
        stream.add(random.nextInt(stream.size()), stream.get(random.nextInt(stream.size())));
      }
      if (seed % 3 == 0) {
        Collections.shuffle(stream, random);
      }
      List<Projection> nodes = List.of(projection(one), projection(one));
      int from = 0;
      while (from < stream.size()) {
        int to = Math.min(stream.size(), from + 1 + random.nextInt(10));
        assertThat(nodes.get(random.nextInt(2)).handle(stream.subList(from, to)).succeeded())
            .isTrue();
        from = to;
      }
      one.assertRowsAreThoseOfTheLog(seed);
    }
  }

  private void handle(List<StreamRecord> records) {
    assertThat(projection().handle(records).succeeded()).isTrue();
  }

  private Projection projection() {
    return projection(world);
  }

  private static Projection projection(RoomLog world) {
    return new Projection(
        world,
        world.log(),
        world.rows(),
        new InboxSettings("group", RoomLog.ROWS_UP_TO, 0, 100, 1_000),
        new InboxMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
  }

  private static Position at(long changeSeq, long seq) {
    return new Position(changeSeq, seq);
  }
}
