package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import chat.parley.turns.Rounds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that decides between trying again and burying. What has to wait for something that
 * is away ({@link TryAgainException}) is tried until it works, and so is what gets no answer. A
 * batch that fails for its own fault is halved, and again, until the record is found that it is due
 * to; that one is tried a bounded number of times and then goes to the dead letters, so that its
 * neighbours flow on in their order. Nothing is skipped: the future of a batch completes when each
 * record is handled, buried, or no longer this consumer's.
 */
final class PatientHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PatientHandler.class);

  /** Puts a record aside that failed so many times by itself. */
  @FunctionalInterface
  interface Burial {
    /** Completes when it is there to stay. */
    Future<Void> bury(Batch.Entry entry, Throwable cause, int attempts);
  }

  /**
   * How patient.
   *
   * @param maxAttempts of a record that fails for its own fault
   * @param answerMs an attempt that has not ended by then never will: it counts as not made. It may
   *     end all the same while the next one is under way
   */
  record Patience(Backoff backoff, int maxAttempts, long answerMs) {}

  private final Vertx vertx;
  private final Function<List<StreamRecord>, Future<Void>> handler;
  private final Burial burial;
  private final Patience patience;
  private final Counter retried;
  private final Counter unanswered;
  private final Counter buried;
  private volatile boolean stopped;

  PatientHandler(
      Vertx vertx,
      String group,
      Function<List<StreamRecord>, Future<Void>> handler,
      Burial burial,
      Patience patience,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.handler = handler;
    this.burial = burial;
    this.patience = patience;
    this.retried = counter(meters, group, "batch.retries", "Batches handed to their handler again");
    this.unanswered =
        counter(meters, group, "batch.unanswered", "Batches given up for want of an answer");
    this.buried =
        counter(
            meters, group, "dead.letters", "Records that could not be handled and were put aside");
  }

  /** Handles a batch; fails only after {@link #stop}. */
  Future<Void> handle(Batch batch) {
    return settle(batch);
  }

  /** Lets the attempt under way end and begins no other. */
  void stop() {
    stopped = true;
  }

  /** How often a batch was handed over, and how often its failure was its own fault. */
  private static final class Attempts {
    private int tries = 1;
    private int faults = 1;
  }

  /** In rounds: the store may be away for hours. */
  private Future<Void> settle(Batch batch) {
    Attempts attempts = new Attempts();
    return Rounds.whileMore(() -> attempt(batch, attempts));
  }

  /** Whether another attempt follows; the pause before it is over then. */
  private Future<Boolean> attempt(Batch batch, Attempts attempts) {
    if (stopped) {
      return Future.failedFuture(new IllegalStateException("the consumer is being closed"));
    }
    List<Batch.Entry> owned = batch.owned();
    if (owned.isEmpty()) {
      return Future.succeededFuture(false);
    }
    return handOver(owned)
        .map(false)
        .recover(
            cause -> {
              if (stopped) {
                return Future.failedFuture(cause);
              }
              if (cause instanceof TryAgainException) {
                return later(batch, attempts, cause);
              }
              if (batch.size() > 1) {
                return inHalves(batch, cause).map(false);
              }
              if (attempts.faults < patience.maxAttempts()) {
                attempts.faults++;
                return later(batch, attempts, cause);
              }
              return bury(owned.get(0), cause, attempts.faults).map(false);
            });
  }

  private Future<Void> handOver(List<Batch.Entry> owned) {
    Future<Void> handled;
    try {
      handled = handler.apply(Batch.records(owned));
    } catch (VirtualMachineError e) {
      // Out of memory, mostly: of this process, not of the record.
      return Future.failedFuture(new TryAgainException("this node is out of something", e));
    } catch (Exception | Error e) {
      return Future.failedFuture(e);
    }
    return handled
        .timeout(patience.answerMs(), TimeUnit.MILLISECONDS)
        .recover(
            cause -> {
              if (!(cause instanceof TimeoutException) || handled.isComplete()) {
                return Future.failedFuture(cause);
              }
              unanswered.increment();
              return Future.failedFuture(new TryAgainException("the handler did not end", cause));
            });
  }

  private Future<Boolean> later(Batch batch, Attempts attempts, Throwable cause) {
    retried.increment();
    long delayMs = pauseMs(attempts.tries);
    LOG.atWarn()
        .setCause(cause)
        .addKeyValue("records", batch.owned().size())
        .addKeyValue("attempt", attempts.tries)
        .addKeyValue("againInMs", delayMs)
        .log("a batch of the stream could not be handled");
    attempts.tries++;
    return vertx.timer(delayMs).map(true);
  }

  private long pauseMs(int tries) {
    return Math.max(1, patience.backoff().delayMs(tries));
  }

  /** The first half is settled, however long that takes, before the second begins. */
  private Future<Void> inHalves(Batch batch, Throwable cause) {
    LOG.atInfo()
        .addKeyValue("records", batch.size())
        .addKeyValue("cause", cause)
        .log("a record of this batch cannot be handled; looking for it");
    List<Batch> halves = batch.halves();
    return settle(halves.get(0)).compose(done -> settle(halves.get(1)));
  }

  private Future<Void> bury(Batch.Entry entry, Throwable cause, int attempts) {
    LOG.atError()
        .setCause(cause)
        .addKeyValue("partition", entry.partition())
        .addKeyValue("offset", entry.offset())
        .log("a record of the stream goes to the dead letters");
    Attempts burials = new Attempts();
    return Rounds.whileMore(
        () ->
            burial
                .bury(entry, cause, attempts)
                .map(false)
                .onSuccess(done -> buried.increment())
                .recover(
                    unburied ->
                        stopped
                            ? Future.failedFuture(unburied)
                            : vertx.timer(pauseMs(burials.tries++)).map(true)));
  }

  private static Counter counter(
      MeterRegistry meters, String group, String name, String description) {
    return Counter.builder("parley.kafka." + name)
        .description(description)
        .tag("group", group)
        .register(meters);
  }
}
