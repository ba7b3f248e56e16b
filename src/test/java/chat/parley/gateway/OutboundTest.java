package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits for one reader, which takes frames when the test says so. */
final class OutboundTest {
  private static final int MOST = 1_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Deque<Promise<Void>> writes = new ArrayDeque<>();
  private int cuts;
  private final GatewayMetrics metrics =
      new GatewayMetrics(meters, Clock.systemUTC(), new WaitingBytes());
  private final Outbound outbound = outbound(MOST, Long.MAX_VALUE);

  private Outbound outbound(int ofOne, long ofAll) {
    return new Outbound(new StuckLine(), metrics, new Outbound.Bounds(ofOne, ofAll), () -> cuts++);
  }

  @Test
  void aReaderThatNeverReadsIsCutOnceAndNeverCostsMoreThanTheBound() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      outbound.write("x".repeat(1 + random.nextInt(100)));
      assertThat(outbound.pendingBytes()).isLessThanOrEqualTo(MOST);
      assertThat(waiting()).isEqualTo(outbound.pendingBytes());
    }

    assertThat(cuts).isEqualTo(1);
    assertThat(outbound.pendingBytes()).isGreaterThan(MOST - 100);
    assertThat(outbound.room().failed()).isTrue();

    writes.forEach(write -> write.fail("the line is cut"));
    assertThat(waiting()).isZero();
  }

  @Test
  void aReaderThatReadsIsNeverCutHoweverMuchItGets() {
    for (int i = 0; i < 10_000; i++) {
      outbound.write("x".repeat(100));
      if (writes.size() == 10) {
        writes.poll().complete();
      }
    }
    assertThat(cuts).isZero();
  }

  @Test
  void bulkWaitsUntilAQuarterIsLeft() {
    for (int i = 0; i < 9; i++) {
      outbound.write("x".repeat(100));
    }
    Future<Void> room = outbound.room();
    while (outbound.pendingBytes() > MOST / 4) {
      assertThat(room.isComplete()).isFalse();
      writes.poll().complete();
    }
    assertThat(room.succeeded()).isTrue();
  }

  @Test
  void howeverManyNeverReadTheyCostNoMoreThanTheBoundOfAllAndAFairShareEach() {
    int readers = 100;
    int share = 65_536;
    long most = 10L * share;
    List<Outbound> all =
        IntStream.range(0, readers).mapToObj(i -> outbound(1 << 20, most)).toList();
    for (int i = 0; i < 40; i++) {
      all.forEach(one -> one.write("x".repeat(share / 8)));
    }

    assertThat(cuts).isEqualTo(readers);
    assertThat(waiting()).isBetween((double) most, (double) most + readers * share);
  }

  @Test
  void whoReadsIsNotCutBecauseOthersDoNot() {
    outbound(1 << 20, MOST).write("x".repeat(10 * MOST));
    Deque<Promise<Void>> stuck = new ArrayDeque<>(writes);
    Outbound reader = outbound(1 << 20, MOST);
    for (int i = 0; i < 1_000; i++) {
      reader.write("x".repeat(MOST));
      writes.peekLast().complete();
    }
    assertThat(cuts).isZero();
    assertThat(stuck).hasSize(1);
  }

  @Test
  void whereManyDoNotReadBulkWaitsUntilOnlyAFairShareIsLeft() {
    Outbound bulky = outbound(1 << 20, 200_000);
    bulky.write("x".repeat(150_000));
    Future<Void> room = bulky.room();
    assertThat(room.isComplete())
        .as("a quarter of its own bound, but half of all is taken")
        .isFalse();
    writes.poll().complete();
    assertThat(room.succeeded()).isTrue();
  }

  private double waiting() {
    return meters.get("parley.gateway.bytes.waiting").gauge().value();
  }

  private final class StuckLine implements Transport {
    @Override
    public void start(Consumer<String> onText, Runnable onBinary, Runnable onClosed) {}

    @Override
    public Future<Void> write(String text) {
      writes.add(Promise.promise());
      return writes.peekLast().future();
    }

    @Override
    public void close(int code, String reason) {}

    @Override
    public void abort() {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }
}
