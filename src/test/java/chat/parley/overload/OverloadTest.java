package chat.parley.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A node whose signal and clock are in this test's hand. */
final class OverloadTest {
  private static final int MOST_SENDS = 4;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private double lag;
  private double backlog;
  private long nanos;
  private final Overload node =
      new Overload(
          new OverloadSettings(4 * MOST_SENDS, 50, 100, 95, 1_000, 1), // it begins with a quarter
          List.of(
              new Signal("lag", () -> lag, 50, 100, Work.SENDS),
              new Signal("stream", () -> backlog, 500, 1_000, Work.PROJECTIONS)),
          () -> nanos,
          new Random(1),
          meters);

  private void look() {
    nanos += Duration.ofMillis(Overload.LOOK_MS).toNanos();
    node.look();
  }

  private double level() {
    return meters.get("parley.overload.level").gauge().value();
  }

  private double begun(Work work) {
    return meters.get("parley.overload.begun").tag("work", work.word()).counter().count();
  }

  private double shed(Work work) {
    return meters.get("parley.overload.shed").tag("work", work.word()).counter().count();
  }

  @Test
  void workIsGivenUpInItsOrderHoweverSuddenThePressureComes() {
    lag = 1_000;
    List<Work> givenUp = new ArrayList<>();
    for (int i = 0; i < Work.values().length; i++) {
      look();
      for (Work work : Work.values()) {
        if (!givenUp.contains(work) && !node.may(work)) {
          givenUp.add(work);
        }
      }
      assertThat(givenUp).hasSize(i + 1);
    }

    assertThat(givenUp).containsExactly(Work.values());
    assertThat(level()).isEqualTo(6);
    assertThat(node.beginSend()).isEmpty();
  }

  @Test
  void eachLevelHasItsPressure() {
    for (int i = 0; i < Work.values().length; i++) {
      lag = 50 + 10 * i;
      for (int looks = 0; looks < 10; looks++) {
        look();
      }
      assertThat(level()).as("at %.0f", lag).isEqualTo(i + 1);
    }
  }

  @Test
  void aLevelIsLeftOnlyWhenThePressureIsClearlyBelowItForASecond() {
    lag = 50;
    look();
    assertThat(node.may(Work.TYPING)).isFalse();

    for (int i = 0; i < 100; i++) { // around the threshold: it does not swing
      lag = i % 2 == 0 ? 49 : 51;
      look();
      assertThat(level()).isEqualTo(1);
    }
    lag = 10;
    for (int i = 0; i < 9; i++) {
      look();
      assertThat(level()).isEqualTo(1);
    }
    for (int i = 0; i < 3; i++) {
      look();
    }
    assertThat(level()).isZero();
    assertThat(node.may(Work.TYPING)).isTrue();
  }

  @Test
  void allIsDoneAgainWithinTenSecondsOfCalm() {
    lag = 1_000;
    for (int i = 0; i < 20; i++) {
      look();
    }
    lag = 0;
    int looks = 0;
    while (level() > 0) {
      look();
      looks++;
    }
    assertThat(looks * Overload.LOOK_MS).isBetween(6_000L, 10_000L);
  }

  @Test
  void aFullStreamNeverRefusesSends() {
    backlog = 1_000_000;
    for (int i = 0; i < 20; i++) {
      look();
    }
    assertThat(node.may(Work.PROJECTIONS)).isFalse();
    assertThat(node.beginSend()).isPresent();
  }

  @Test
  void sendsBeyondTheirBoundAreRefusedAtOnceAndThoseBelowItAreNot() {
    List<Send> begun = new ArrayList<>();
    for (int i = 0; i < MOST_SENDS; i++) {
      begun.add(node.beginSend().orElseThrow());
    }
    assertThat(node.beginSend()).isEmpty();
    for (Work softer : Work.values()) {
      if (softer != Work.SENDS) {
        assertThat(node.may(softer)).as("%s, when a send has been refused", softer).isFalse();
        assertThat(begun(softer)).isEqualTo(1);
      }
    }
    look();
    assertThat(level()).isEqualTo(6);
    assertThat(shed(Work.SENDS)).isEqualTo(1);

    begun.get(0).end(true);
    begun.get(0).end(true); // said twice it counts once
    assertThat(node.beginSend()).isPresent();
    look();
    assertThat(level())
        .as("full of sends it gives up the rest, but takes the next one")
        .isLessThan(6);
    assertThat(node.beginSend()).isEmpty();
  }

  @Test
  void whatIsNotDoneIsCounted() {
    lag = 60;
    look();
    look();
    for (int i = 0; i < 3; i++) {
      node.may(Work.TYPING);
    }
    node.may(Work.PRESENCE);
    node.may(Work.PUSH);

    assertThat(shed(Work.TYPING)).isEqualTo(3);
    assertThat(shed(Work.PRESENCE)).isEqualTo(1);
    assertThat(shed(Work.PUSH)).isZero();
  }

  @Test
  void thoseWhoAreToComeBackComeAtDifferentTimes() {
    assertThat(LongStream.range(0, 100).map(i -> node.retryAfterMs()).distinct().count())
        .isGreaterThan(50);
  }

  @Test
  void aLongStallCountsForAPartOfItsLengthAndLastingLagForAllOfIt() {
    LoopLag.Loop stalled = new LoopLag.Loop();
    stalled.late(3_000);
    assertThat(stalled.average()).isLessThan(1_000);
    for (int i = 0; i < 20; i++) {
      stalled.late(0);
    }
    assertThat(stalled.average()).isLessThan(150);

    LoopLag.Loop lasting = new LoopLag.Loop();
    for (int i = 0; i < 30; i++) {
      lasting.late(400);
    }
    assertThat(lasting.average()).isBetween(350.0, 401.0);
  }
}
