package chat.parley.overload;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How late event loops come to what was due: a moving average over about a second, of the worst
 * one. A single stall counts for a part of its length only, since it is over when it is noticed.
 */
public final class LoopLag {
  private static final long EVERY_MS = 100;
  private static final double REMEMBERED_MS = 1_000;
  private static final double MOST_WEIGHT = 0.3;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final LongSupplier nanos;
  private final Timer held;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();

  /** {@code nanos} is a monotonic clock. */
  public LoopLag(LongSupplier nanos, MeterRegistry meters) {
    this.nanos = nanos;
    this.held =
        Timer.builder("parley.loop.held")
            .description(
                "How late an event loop came by work of its own: looked at ten times a second, and"
                    + " never more than the processor time it used meanwhile, so that a machine"
                    + " that is busy otherwise does not count")
            .serviceLevelObjectives(
                Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1))
            .register(meters);
  }

  /** Watches the loop of this context, for as long as the context lives. */
  public void watch(Vertx vertx, Context context) {
    Loop loop = new Loop();
    loops.add(loop);
    context.runOnContext(go -> arm(vertx, loop));
  }

  private void arm(Vertx vertx, Loop loop) {
    long armedAt = nanos.getAsLong();
    long usedThen = THREADS.getCurrentThreadCpuTime();
    vertx.setTimer(
        EVERY_MS,
        fired -> {
          long late = nanos.getAsLong() - armedAt - TimeUnit.MILLISECONDS.toNanos(EVERY_MS);
          long used = THREADS.getCurrentThreadCpuTime() - usedThen;
          held.record(Math.max(0, Math.min(late, used)), TimeUnit.NANOSECONDS);
          loop.late(TimeUnit.NANOSECONDS.toMillis(late));
          arm(vertx, loop);
        });
  }

  /** The average of the worst loop, in milliseconds. */
  double ms() {
    return loops.stream().mapToDouble(loop -> loop.average).max().orElse(0);
  }

  /** {@code most} milliseconds is all that can be borne. */
  public Signal signal(long most) {
    return new Signal("loop_lag", this::ms, most / 4.0, most, Work.SENDS);
  }

  /** The average of one loop; written by it alone. */
  static final class Loop {
    private volatile double average;

    void late(long ms) {
      double weight = Math.min(MOST_WEIGHT, (EVERY_MS + Math.max(0, ms)) / REMEMBERED_MS);
      average += weight * (Math.max(0, ms) - average);
    }

    double average() {
      return average;
    }
  }
}
