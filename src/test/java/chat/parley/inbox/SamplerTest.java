package chat.parley.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.StreamRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as drift, and what is only late. */
class SamplerTest {
  /** Steps in which every conversation is looked at, and every suspect judged, at least once. */
  private static final int SOME_ROUNDS = 10;

  private static final long NOT_KNOWN = Long.MAX_VALUE;

  /** Whatever was in the stream at any look is in the rows. */
  private static final long NOTHING_IS_LATE = -1;

  private final RoomLog room = new RoomLog();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long rowsAgeMs = NOTHING_IS_LATE;
  private Projection projection;
  private Sampler sampler;

  @BeforeEach
  void begin() {
    InboxMeters inbox = new InboxMeters(meters, Clock.systemUTC());
    projection =
        new Projection(
            room,
            room.log(),
            room.rows(),
            new InboxSettings("group", RoomLog.ROWS_UP_TO, 0, 100, 1_000),
            inbox);
    sampler =
        new Sampler(
            new SomeRooms(RoomLog.ROOM),
            room.log(),
            room.rows(),
            new TrueRows(room, room.log(), RoomLog.ROWS_UP_TO),
            () -> rowsAgeMs,
            inbox,
            new Random(1));
    room.joined(RoomLog.ANNA).joined(RoomLog.BEN).message();
  }

  @Test
  void rowsThatFollowTheLogAreNoDrift() {
    follow();
    rounds();
    assertThat(sampled()).isGreaterThan(2);
    assertThat(drifted()).isZero();
  }

  @Test
  void aRowThatIsGoneIsFoundCountedOnceAndMended() {
    follow();
    room.lose(RoomLog.BEN);

    for (int i = 0; i < SOME_ROUNDS && drifted() == 0; i++) {
      sampler.step();
    }

    assertThat(drift()).isEqualTo(1);
    room.assertRowsAreThoseOfTheLog(0);
    rounds();
    assertThat(drifted()).isEqualTo(1);
    assertThat(drift()).as("of this pass and the last").isZero();
  }

  @Test
  void aRowThatIsBehindIsNoDriftAsLongAsItMayBeLateOnly() {
    rowsAgeMs = NOT_KNOWN;
    rounds();
    assertThat(drifted()).isZero();
    follow();
    rowsAgeMs = NOTHING_IS_LATE;

    rounds();

    assertThat(drifted()).as("it came after all").isZero();
  }

  @Test
  void aRowThatFollowsAgainSinceItWasLookedAtIsNoDrift() {
    follow();
    rowsAgeMs = NOT_KNOWN;
    room.joined(RoomLog.CARL).joined(RoomLog.DORA);
    rounds();
    room.left(RoomLog.DORA);
    follow();
    rowsAgeMs = NOTHING_IS_LATE;

    rounds();

    assertThat(drifted()).as("it was large only in between").isZero();
  }

  @Test
  void aRowWhoseConversationBecameLargeSinceItWasLookedAtIsNoDrift() {
    room.joined(RoomLog.CARL);
    follow();
    rowsAgeMs = NOT_KNOWN;
    room.message();
    rounds();
    room.joined(RoomLog.DORA);
    follow();
    rowsAgeMs = NOTHING_IS_LATE;

    rounds();

    assertThat(drifted()).isZero();
  }

  @Test
  void aRowThatLeftOffASmallConversationIsDriftAlsoWhereNothingHasHappenedSince() {
    follow();
    room.leaveOff(RoomLog.BEN);

    rounds();

    assertThat(drifted()).isPositive();
  }

  @Test
  void aRowThatIsStillBehindWhenTheStreamHasPassedIsDrift() {
    follow();
    room.message();
    rounds();
    assertThat(drifted()).isEqualTo(2);
    room.assertRowsAreThoseOfTheLog(0);
  }

  @Test
  void aRowThatADamagedRecordHasMarkedIsMendedOnce() {
    follow();
    StreamRecord last = room.message().records().get(3);
    StreamRecord damaged = new StreamRecord(last.key(), new byte[] {'?'}, last.headers());
    assertThat(projection.handle(List.of(damaged)).failed()).isTrue();

    rounds();
    rounds();

    assertThat(drifted()).as("once a member").isEqualTo(2);
    room.assertRowsAreThoseOfTheLog(0);
  }

  private void follow() {
    assertThat(projection.handle(room.records()).succeeded()).isTrue();
  }

  private void rounds() {
    for (int i = 0; i < SOME_ROUNDS; i++) {
      assertThat(sampler.step().succeeded()).isTrue();
    }
  }

  private double sampled() {
    return meters.get("parley.inbox.sampled").counter().count();
  }

  private double drifted() {
    return meters.get("parley.inbox.drifted").counter().count();
  }

  private double drift() {
    return meters.get("parley.inbox.drift").gauge().value();
  }
}
