package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Reads a topic as one of a group, in order and without skipping: a batch is handed over, and the
 * next one only when its future has completed. An offset is committed only after that, so that a
 * crash repeats and never loses; handlers drop what they have seen. While a batch is under way the
 * consumer stays in its group however long it takes. A batch that fails is tried again ({@link
 * TryAgainException}: for ever; else down to the record that cannot be handled, which after a
 * bounded number of attempts goes to the dead letters).
 *
 * <p>It polls on a thread of its own: Vert.x's read stream hands records over without waiting for
 * what becomes of them, and drops out of the group while it is paused.
 */
public final class InOrderConsumer {
  private static final long CLOSE_MS = 5_000;
  private static final long FIRST_RETRY_MS = 100;
  private static final long MAX_RETRY_MS = 5_000;

  /**
   * Of an empty fetch: what is written to its partitions ends the wait. A shorter one costs an idle
   * node; a longer one holds up a partition that a fetch has left out (see {@link PollLoop}).
   */
  private static final int FETCH_WAIT_MS = 100;

  /** Far beyond all deadlines inside a handler: what takes longer has lost its answer. */
  private static final long ANSWER_MS = 60_000;

  private final Vertx vertx;
  private final String group;
  private final PollLoop loop;
  private final PatientHandler patient;
  private final DeadLetters deadLetters;
  private Thread thread;
  private final Promise<Void> ended = Promise.promise();

  /**
   * A reader of the changes topic. {@code handler} is re-entered only where it has not ended within
   * a minute; it may be handed an empty list.
   */
  public InOrderConsumer(
      Vertx vertx,
      KafkaSettings settings,
      ConsumerGroup group,
      Function<List<StreamRecord>, Future<Void>> handler,
      Clock clock,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.group = group.name();
    this.deadLetters =
        new DeadLetters(
            StreamProducer.of(vertx, settings, settings.deadLettersTopic(), group.name(), meters),
            group,
            clock);
    Backoff backoff = new Backoff(FIRST_RETRY_MS, MAX_RETRY_MS, new Random()::nextDouble);
    this.patient =
        new PatientHandler(
            vertx,
            group.name(),
            records -> handler.apply(ours(records, group.name())),
            deadLetters::bury,
            new PatientHandler.Patience(backoff, settings.maxAttempts(), ANSWER_MS),
            meters);
    this.loop =
        new PollLoop(
            settings,
            new PollLoop.Source(settings.changesTopic(), group, FETCH_WAIT_MS),
            new ConsumerMeters(meters, group.name(), clock),
            backoff);
  }

  /** Without what somebody put back on its way for other consumers. */
  private static List<StreamRecord> ours(List<StreamRecord> records, String group) {
    return records.stream().allMatch(record -> DeadLetter.isFor(record, group))
        ? records
        : records.stream().filter(record -> DeadLetter.isFor(record, group)).toList();
  }

  /**
   * Begins to read; the handler is called on the context of this call. A group that has never
   * committed starts with the oldest record.
   *
   * @return completes when the consumer has its first partitions or, where others hold them all,
   *     has joined the group
   */
  public Future<Void> start() {
    Context context = vertx.getOrCreateContext();
    Promise<Void> joined = Promise.promise();
    thread =
        new Thread(
            () -> {
              try {
                loop.run(batch -> onContext(context, batch), joined);
              } finally {
                ended.tryComplete();
                joined.tryFail(new IllegalStateException("closed before it had joined"));
              }
            },
            "parley-consumer-" + group);
    thread.setDaemon(true);
    thread.start();
    return on(context, joined.future());
  }

  /**
   * Stops reading: gives the batch under way a few seconds, commits what is done and leaves the
   * group at once, so that others take over.
   */
  public Future<Void> close() {
    patient.stop();
    loop.stop();
    if (thread == null) {
      ended.tryComplete();
    }
    return on(vertx.getOrCreateContext(), ended.future())
        .eventually(() -> deadLetters.close(CLOSE_MS));
  }

  /** Brings what the consumer's thread completes back to the caller's event loop. */
  private static Future<Void> on(Context context, Future<Void> future) {
    Promise<Void> there = Promise.promise();
    future.onComplete(done -> context.runOnContext(go -> there.handle(done)));
    return there.future();
  }

  private Future<Void> onContext(Context context, Batch batch) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(go -> patient.handle(batch).onComplete(done));
    return done.future();
  }
}
