package chat.parley.overload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that gets so much done a second, and is asked for more, in a time of its own. */
final class SendsInFlightTest {
  private static final int MOST = 512;
  private static final long TARGET_MS = 150;

  private long nowMs;
  private double credit;
  private int refused;
  private final SendsInFlight sends =
      new SendsInFlight(
          new OverloadSettings(MOST, TARGET_MS, 1_500, 95, 20_000, 16), () -> nowMs * 1_000_000);
  private final Deque<Send> queue = new ArrayDeque<>();
  private final Deque<Long> begunAt = new ArrayDeque<>();
  private final List<Long> tookMs = new ArrayList<>();

  /** One after the other, at least {@code leastMs} each; asked at {@code asked} a second. */
  private void run(int ms, double capacity, double asked, long leastMs) {
    double due = 0;
    for (int end = (int) nowMs + ms; nowMs < end; nowMs++) {
      for (due += asked / 1_000; due >= 1; due--) {
        ask();
      }
      for (credit = Math.min(Math.max(2, capacity / 500), credit + capacity / 1_000);
          credit >= 1 && !queue.isEmpty() && nowMs - begunAt.peek() >= leastMs;
          credit--) {
        tookMs.add(nowMs - begunAt.poll());
        queue.poll().end(true);
      }
      if (nowMs % Overload.LOOK_MS == 0) {
        sends.look();
      }
    }
  }

  private void ask() {
    Optional<Send> begun = sends.tryBegin();
    begun.ifPresentOrElse(
        send -> {
          queue.add(send);
          begunAt.add(nowMs);
        },
        () -> refused++);
  }

  private long p99() {
    List<Long> sorted = tookMs.stream().sorted().toList();
    return sorted.get(sorted.size() * 99 / 100);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 700, 1_500})
  void threeTimesWhatTheNodeGetsDoneIsAnsweredInHalfASecondAndNothingStandsIdle(int capacity) {
    run(5_000, capacity, capacity / 2.0, 10);
    tookMs.clear();
    run(30_000, capacity, 3 * capacity, 10);

    assertThat(p99()).isLessThan(500);
    assertThat(tookMs).hasSizeGreaterThan((int) (0.95 * 30 * capacity));
    assertThat(refused).isPositive();
  }

  @Test
  void aSlowNodeFindsItsBoundInSomeSeconds() {
    int capacity = 150;
    run(5_000, capacity, 3 * capacity, 10);
    tookMs.clear();
    run(30_000, capacity, 3 * capacity, 10);

    assertThat(p99()).isLessThan(500);
    assertThat(tookMs).hasSizeGreaterThan((int) (0.95 * 30 * capacity));
  }

  @Test
  void aNodeThatIsFastEnoughTakesAllItIsAsked() {
    run(20_000, 10_000, 5_000, 40); // 200 under way
    refused = 0;
    run(20_000, 10_000, 5_000, 40);

    assertThat(refused).isZero();
    assertThat(sends.bound()).isGreaterThanOrEqualTo(200).isLessThanOrEqualTo(MOST);
  }

  @Test
  void aBurstIsTakenWhereNothingIsSlow() {
    run(1_000, 1_000, 20, 5);
    for (int i = queue.size(); i < MOST / 4; i++) {
      ask();
    }
    assertThat(refused).isZero();
  }

  @Test
  void whenItIsCalmAgainTheBoundIsTheUsualOne() {
    run(20_000, 100, 400, 10);
    assertThat(sends.bound()).isEqualTo(MOST / 8);
    run(10_000, 1_000, 50, 10);
    assertThat(sends.bound()).isEqualTo(MOST / 4);
  }

  @Test
  void afterABusyTimeItIsTheUsualOneToo() {
    run(20_000, 10_000, 8_000, 40);
    assertThat(sends.bound()).isGreaterThan(MOST / 2);
    run(60_000, 10_000, 50, 10);
    assertThat(sends.bound()).isEqualTo(MOST / 4);
  }

  /** A bound that nobody has come near would let in, when a flood begins, what was never borne. */
  @Test
  void aBoundThatIsNotReachedDoesNotGrow() {
    run(10_000, 900, 700, 130);

    assertThat(refused).isZero();
    assertThat(sends.bound()).isEqualTo(MOST / 4);
  }

  @Test
  void thoseThatHangDoNotTakeThePlaceOfTheOthers() {
    run(5_000, 1_000, 300, 10);
    List<Send> hanging = new ArrayList<>();
    for (int i = 0; i < 50; i++) { // five seconds of a third of the shards
      for (int j = 0; j < 5; j++) {
        sends.tryBegin().ifPresent(hanging::add);
      }
      run(100, 1_000, 100, 10);
    }
    assertThat(hanging).hasSize(250);
    assertThat(refused).isZero();
  }

  @Test
  void whatFailsAtOnceDoesNotCountAsFast() {
    run(20_000, 100, 400, 10);
    int slow = sends.bound();
    for (int i = 0; i < 1_000; i++) {
      sends.tryBegin().ifPresent(send -> send.end(false));
      if (i % 20 == 0) {
        nowMs += Overload.LOOK_MS;
        sends.look();
      }
    }
    assertThat(sends.bound()).isEqualTo(slow);
  }
}
