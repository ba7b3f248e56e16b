package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that decides between trying again and burying. A batch is tried until it works;
 * when it has failed for its own fault often enough, its records are tried one by one, and one that
 * still fails goes to the dead letters, so that its neighbours flow on. Nothing is skipped: its
 * future completes when each record is handled, buried, or no longer this consumer's.
 */
final class PatientHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PatientHandler.class);

  private final Vertx vertx;
  private final Function<List<StreamRecord>, Future<Void>> handler;
  private final BiFunction<Batch.Entry, Throwable, Future<Void>> deadLetters;
  private final Backoff backoff;
  private final int maxAttempts;
  private final Counter retried;
  private final Counter buried;
  private volatile boolean stopped;

  PatientHandler(
      Vertx vertx,
      String group,
      Function<List<StreamRecord>, Future<Void>> handler,
      BiFunction<Batch.Entry, Throwable, Future<Void>> deadLetters,
      Backoff backoff,
      int maxAttempts,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.handler = handler;
    this.deadLetters = deadLetters;
    this.backoff = backoff;
    this.maxAttempts = maxAttempts;
    this.retried =
        Counter.builder("parley.kafka.batch.retries")
            .description("Batches handed to their handler again after a failure")
            .tag("group", group)
            .register(meters);
    this.buried =
        Counter.builder("parley.kafka.dead.letters")
            .description("Records that could not be handled and were put aside")
            .tag("group", group)
            .register(meters);
  }

  /** Handles a batch; fails only after {@link #stop}. */
  Future<Void> handle(Batch batch) {
    return attempt(batch, 1, 1);
  }

  /** Lets the attempt under way end and begins no other. */
  void stop() {
    stopped = true;
  }

  /** {@code tries} counts all attempts, {@code faults} the next one that would be its own fault. */
  private Future<Void> attempt(Batch batch, int tries, int faults) {
    if (stopped) {
      return Future.failedFuture(new IllegalStateException("the consumer is being closed"));
    }
    List<Batch.Entry> owned = batch.owned();
    if (owned.isEmpty()) {
      return Future.succeededFuture();
    }
    return handOver(owned)
        .recover(
            cause -> {
              if (stopped) {
                return Future.failedFuture(cause);
              }
              if (cause instanceof TryAgainException) {
                return later(batch, tries, faults, cause);
              }
              if (faults < maxAttempts) {
                return later(batch, tries, faults + 1, cause);
              }
              return owned.size() == 1 ? bury(owned.get(0), cause, 1) : oneByOne(batch);
            });
  }

  private Future<Void> handOver(List<Batch.Entry> owned) {
    try {
      return handler.apply(Batch.records(owned));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<Void> later(Batch batch, int tries, int faults, Throwable cause) {
    retried.increment();
    long delayMs = backoff.delayMs(tries);
    LOG.atWarn()
        .setCause(cause)
        .addKeyValue("records", batch.owned().size())
        .addKeyValue("attempt", tries)
        .addKeyValue("againInMs", delayMs)
        .log("a batch of the stream could not be handled");
    return vertx.timer(Math.max(1, delayMs)).compose(waited -> attempt(batch, tries + 1, faults));
  }

  private Future<Void> oneByOne(Batch batch) {
    Future<Void> all = Future.succeededFuture();
    for (Batch single : batch.singles()) {
      all = all.compose(done -> attempt(single, 1, 1));
    }
    return all;
  }

  private Future<Void> bury(Batch.Entry entry, Throwable cause, int tries) {
    LOG.atError()
        .setCause(cause)
        .addKeyValue("partition", entry.partition())
        .addKeyValue("offset", entry.offset())
        .log("a record of the stream goes to the dead letters");
    return deadLetters
        .apply(entry, cause)
        .onSuccess(done -> buried.increment())
        .recover(
            unburied ->
                stopped
                    ? Future.failedFuture(unburied)
                    : vertx
                        .timer(Math.max(1, backoff.delayMs(tries)))
                        .compose(waited -> bury(entry, cause, tries + 1)));
  }
}
