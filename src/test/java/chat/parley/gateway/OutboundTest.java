package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What waits for one reader, which takes frames when the test says so. */
final class OutboundTest {
  private static final int MOST = 1_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Deque<Promise<Void>> writes = new ArrayDeque<>();
  private int cuts;
  private final Outbound outbound =
      new Outbound(
          new StuckLine(), new GatewayMetrics(meters, Clock.systemUTC()), MOST, () -> cuts++);

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
