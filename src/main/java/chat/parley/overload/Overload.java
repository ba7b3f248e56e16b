package chat.parley.overload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Whether this node may still do a sort of work. Looks at its signals ten times a second; the worst
 * of them decides. What is not done is counted, by sort. Thread-safe, and a question costs a read.
 */
public final class Overload {
  /** How often {@link #look} is to be called. */
  public static final long LOOK_MS = 100;

  private static final long RETRY_MS = 1_000;
  private static final long RETRY_SPREAD_MS = 2_000;

  private final List<Signal> signals;
  private final SendsInFlight sends;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final Ladder ladder = new Ladder();
  private final Map<Work, Counter> begun = new EnumMap<>(Work.class);
  private final Map<Work, Counter> shed = new EnumMap<>(Work.class);
  private volatile int level;
  private volatile boolean sendsRefused;
  private volatile int shown;

  /**
   * A node's overload, calm at first.
   *
   * @param others the signals beside that of sends under way
   * @param nanos a monotonic clock
   * @param random spreads those who are to come back later
   */
  public Overload(
      OverloadSettings settings,
      List<Signal> others,
      LongSupplier nanos,
      RandomGenerator random,
      MeterRegistry meters) {
    this.sends = new SendsInFlight(settings, nanos);
    this.signals = new ArrayList<>(others);
    this.signals.add(sends.signal());
    this.nanos = nanos;
    this.random = random;
    register(meters);
  }

  private void register(MeterRegistry meters) {
    Gauge.builder("parley.overload.level", () -> shown)
        .description(
            "How much the node gives up: 0 nothing, 1 typing, 2 presence, 3 aggregate receipts,"
                + " 4 push, 5 projections, 6 sends, each with those before")
        .register(meters);
    for (Signal signal : signals) {
      Gauge.builder("parley.overload.pressure", signal::pressure)
          .description(
              "How near each signal is to what the node bears; from 0.5 on work is given up")
          .tag("signal", signal.name())
          .register(meters);
    }
    Gauge.builder("parley.overload.sends.bound", sends::bound)
        .description("Sends that may be under way at once, as found by how long they take")
        .register(meters);
    for (Work work : Work.values()) {
      begun.put(
          work,
          Counter.builder("parley.overload.begun")
              .description("How often the node's level reached the one that gives this work up")
              .tag("work", work.word())
              .register(meters));
      shed.put(
          work,
          Counter.builder("parley.overload.shed")
              .description(
                  "What was not done, or was postponed, because the node had too much to do")
              .tag("work", work.word())
              .register(meters));
    }
  }

  /** Takes a look; to be called every {@link #LOOK_MS} on one thread. */
  public void look() {
    sends.look();
    int wanted = signals.stream().mapToInt(signal -> signal.level(0)).max().orElse(0);
    int withSlack = signals.stream().mapToInt(signal -> signal.level(Ladder.SLACK)).max().orElse(0);
    long nowMs = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
    climb(() -> ladder.look(wanted, withSlack, nowMs));
    shown = sendsRefused ? Work.SENDS.level() : level;
    sendsRefused = false;
  }

  private synchronized void climb(IntSupplier step) {
    int before = level;
    level = step.getAsInt();
    for (Work work : Work.values()) {
      if (work.level() > before && work.level() <= level) {
        begun.get(work).increment();
      }
    }
  }

  /** Whether this may be done now. A no is counted, so do not ask twice for one piece of work. */
  public boolean may(Work work) {
    if (level < work.level()) {
      return true;
    }
    shed.get(work).increment();
    return false;
  }

  /**
   * One more send, where it may begin now; empty is counted, and must be said before anything of
   * the send is stored. Whoever is given one says {@link Send#end} once, whatever became of it.
   */
  public Optional<Send> beginSend() {
    Optional<Send> send = level < Work.SENDS.level() ? sends.tryBegin() : Optional.empty();
    if (send.isEmpty()) {
      refuseSend();
    }
    return send;
  }

  /** In its order, however sudden it comes: all other work is given up before the first send is. */
  private void refuseSend() {
    if (level < Work.PROJECTIONS.level()) {
      climb(() -> ladder.raise(Work.PROJECTIONS.level()));
    }
    sendsRefused = true;
    shed.get(Work.SENDS).increment();
  }

  /** Whether even sends are given up now; a question that counts nothing. */
  public boolean isFull() {
    return shown >= Work.SENDS.level();
  }

  /** When to come back, in milliseconds: for each another time, so that not all come at once. */
  public long retryAfterMs() {
    return RETRY_MS + random.nextLong(RETRY_SPREAD_MS);
  }
}
