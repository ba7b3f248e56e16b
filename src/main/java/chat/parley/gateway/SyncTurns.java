package chat.parley.gateway;

import chat.parley.turns.FewAtOnce;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The one budget of a gateway for what is asked of the log on behalf of devices, those that were
 * away and those that live delivery has missed: so many questions at once, so that those who come
 * back by the thousand take their turns and leave the store to those who talk. A turn is a question
 * and not a whole sync: who does not read what they are sent holds up nobody, nor does a
 * conversation that cannot be read just now. Lives on the gateway's event loop.
 */
final class SyncTurns {
  /** Does something later. */
  interface Later {
    /** Does it after so long; what this returns takes that back. */
    Runnable after(long delayMs, Runnable deed);
  }

  /**
   * A question that is not answered for so long gives its turn to another, and is waited for all
   * the same. The bus ends it after five times as long, so that at most five times as many as take
   * turns are under way.
   */
  static final long TURN_MS = 1_000;

  /** So many wait for each that is under way: some seconds, on any machine. */
  private static final int WAITING_EACH = 16;

  /** One turn of so many is for who has not begun, though others have more to ask. */
  private static final int FIRST_EVERY = 8;

  private final int atOnce;
  private final Deque<Supplier<Future<?>>> live = new ArrayDeque<>();
  private final Deque<Supplier<Future<?>>> begun = new ArrayDeque<>();
  private final Deque<Supplier<Future<?>>> beginning = new ArrayDeque<>();
  private final FewAtOnce work;
  private final FewAtOnce repairs;
  private volatile int waiting;
  private int asked;
  private Later later;

  SyncTurns(int atOnce, MeterRegistry meters) {
    this.atOnce = atOnce;
    this.work = new FewAtOnce(atOnce, this::askNext);
    this.repairs = new FewAtOnce(atOnce, () -> Optional.ofNullable(live.poll()).map(Supplier::get));
    Gauge.builder("parley.gateway.syncs.waiting", () -> waiting)
        .description("Questions for devices that lack something, which wait for their turn")
        .register(meters);
  }

  /** Turns end by this clock from now on; before, each lasts as long as its question. */
  void timedBy(Later clock) {
    later = clock;
  }

  /** Asks the first question of a device when it is its turn; completes as it does. */
  <T> Future<T> begin(Supplier<Future<T>> question) {
    return take(beginning, work, question);
  }

  /**
   * Asks what a device lacks that was not away: as many at once, but in a line of their own.
   * Neither of the two kinds may stand still for the other.
   */
  <T> Future<T> repair(Supplier<Future<T>> question) {
    return take(live, repairs, question);
  }

  /** Asks a further one: before those who have not begun, so that some are done soon. */
  <T> Future<T> goOn(Supplier<Future<T>> question) {
    return take(begun, work, question);
  }

  /**
   * Whether so many wait that further devices would only wait here: outside they cost less, and a
   * gateway that is free may take them.
   */
  boolean isCrowded() {
    return waiting >= atOnce * WAITING_EACH;
  }

  private <T> Future<T> take(
      Deque<Supplier<Future<?>>> line, FewAtOnce turns, Supplier<Future<T>> question) {
    Promise<T> answer = Promise.promise();
    line.add(() -> turn(question.get().onComplete(answer)));
    turns.go();
    count();
    return answer.future();
  }

  /** Completes when the question has ended, however, or has had its turn for long enough. */
  private Future<?> turn(Future<?> question) {
    if (later == null || question.isComplete()) {
      return question;
    }
    Promise<Void> over = Promise.promise();
    Runnable takeBack = later.after(TURN_MS, () -> over.tryComplete());
    question.onComplete(
        done -> {
          takeBack.run();
          over.tryComplete();
        });
    return over.future();
  }

  private Optional<Future<?>> askNext() {
    // Clients ask for pages as well: those who have not begun must not wait for all of them.
    boolean first = begun.isEmpty() || ++asked % FIRST_EVERY == 0 && !beginning.isEmpty();
    Optional<Supplier<Future<?>>> next = Optional.ofNullable((first ? beginning : begun).poll());
    count();
    return next.map(Supplier::get);
  }

  private void count() {
    waiting = begun.size() + beginning.size();
  }
}
