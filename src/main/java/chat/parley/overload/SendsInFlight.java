package chat.parley.overload;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The sends that one gateway has under way, and their bound: by Little's law what is accepted waits
 * no longer than the bound divided by what the node gets done. Thread-safe.
 */
final class SendsInFlight {
  /** Of fewer a median says little. */
  private static final int LEAST_SAMPLES = 16;

  private static final long LONGEST_MS = TimeUnit.HOURS.toMillis(1);

  /** The share of the bound at which the first work is given up. */
  private static final double BEGINS = 0.75;

  private final LongSupplier nanos;
  private final DelayBound delay;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();
  private final Recorder recorder = new Recorder(LONGEST_MS, 2);
  private final Histogram took = new Histogram(LONGEST_MS, 2);
  private volatile int bound;
  private volatile long cutAt;

  /** {@code nanos} is a monotonic clock. */
  SendsInFlight(OverloadSettings settings, LongSupplier nanos) {
    this.nanos = nanos;
    this.delay = new DelayBound(settings.sendsInFlight(), settings.sendDelayMs());
    this.bound = delay.bound();
    this.cutAt = nanos.getAsLong();
  }

  /** One more, where it may begin. */
  Optional<Send> tryBegin() {
    int now = count.incrementAndGet();
    if (now > bound) {
      count.decrementAndGet();
      return Optional.empty();
    }
    peak.accumulateAndGet(now, Math::max);
    return Optional.of(new Send(this, nanos.getAsLong()));
  }

  void ended(long begunAt, boolean done) {
    count.decrementAndGet();
    // What was refused at once, or given up, says nothing of how long one waits here; nor do those
    // that were let in by a bound that holds no longer.
    if (done && begunAt - cutAt >= 0) {
      long ms = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - begunAt);
      recorder.recordValue(Math.min(LONGEST_MS, Math.max(0, ms)));
    }
  }

  /** Finds the bound anew where there is enough to go by; on one thread. */
  synchronized void look() {
    took.add(recorder.getIntervalHistogram());
    if (took.getTotalCount() < LEAST_SAMPLES) {
      return;
    }
    boolean cut = delay.look(took.getValueAtPercentile(50), peak.getAndSet(count.get()));
    took.reset();
    bound = delay.bound();
    if (cut) {
      cutAt = nanos.getAsLong();
    }
  }

  int bound() {
    return bound;
  }

  /** Full where the bound is reached; it refuses by itself, so the ladder need not. */
  Signal signal() {
    return new Signal("sends", () -> (double) count.get() / bound, BEGINS, 1, Work.PROJECTIONS);
  }
}
