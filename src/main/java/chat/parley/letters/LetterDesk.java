package chat.parley.letters;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.event.StreamRecord;
import chat.parley.kafka.DeadLetter;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.LetterDecision;
import chat.parley.kafka.StreamAwayException;
import chat.parley.kafka.StreamProducer;
import chat.parley.kafka.StreamScan;
import chat.parley.model.Ids;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an operator looks at dead letters and decides about them. Every answer is as of the end of
 * the topic when it was asked for, whoever decided and wherever. Fails with {@code
 * FailureException}: {@code UNAVAILABLE} while Kafka does not answer, {@code NOT_FOUND} for a
 * letter that is not there, {@code CONFLICT} for a decision about one that has been decided about.
 */
public final class LetterDesk {
  private static final Logger LOG = LoggerFactory.getLogger(LetterDesk.class);
  private static final String USER = "letters";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long LOOK_EVERY_MS = 15_000;
  private static final long CLOSE_MS = 3_000;

  /** A topic of a gigabyte takes its time at the first look. */
  private static final long LONGEST_LOOK_MINUTES = 10;

  private final Vertx vertx;
  private final KafkaSettings settings;
  private final MeterRegistry meters;
  private final Clock clock;
  private final LetterAudit audit;

  /** One thread: scan and book are used in turns. */
  private final WorkerExecutor worker;

  private final LetterMeters letterMeters;
  private LetterBook book;
  private StreamScan scan;
  private final Map<String, StreamProducer> replays = new HashMap<>();
  private StreamProducer decisions;
  private volatile boolean looking;
  private OptionalLong timer = OptionalLong.empty();

  /** Connects when it is first asked for something. {@code audit} hears of every decision. */
  public LetterDesk(
      Vertx vertx, KafkaSettings settings, MeterRegistry meters, Clock clock, LetterAudit audit) {
    this.audit = audit;
    this.vertx = vertx;
    this.settings = settings;
    this.meters = meters;
    this.clock = clock;
    this.letterMeters = new LetterMeters(meters);
    this.worker =
        vertx.createSharedWorkerExecutor(
            "parley-letters-" + Ids.fresh(), 1, LONGEST_LOOK_MINUTES, TimeUnit.MINUTES);
  }

  /** From now on the meters say how many letters are open, at most some seconds late. */
  public void watch() {
    look();
    timer = OptionalLong.of(vertx.setPeriodic(LOOK_EVERY_MS, tick -> look()));
  }

  private void look() {
    if (!looking) {
      looking = true;
      read(() -> null)
          .onComplete(
              done -> {
                looking = false;
                if (done.failed()) {
                  LOG.atDebug().setCause(done.cause()).log("dead letters cannot be counted now");
                }
              });
    }
  }

  /**
   * A page of letters, the oldest first.
   *
   * @param after the id that the page before ended with; null: from the first on. Fails with {@code
   *     BAD_REQUEST} where there is no such letter
   * @param settledToo those too that were replayed or discarded
   */
  public Future<LetterPage> list(String after, int limit, boolean settledToo) {
    return read(
        () -> {
          List<Letter> all =
              book.list(after, settledToo)
                  .orElseThrow(
                      () -> new FailureException(Failure.BAD_REQUEST, "cursor is no dead letter"));
          return all.size() <= limit
              ? new LetterPage(all, null)
              : new LetterPage(List.copyOf(all.subList(0, limit)), all.get(limit - 1).id());
        });
  }

  /** A letter with its record. */
  public Future<OpenedLetter> show(String id) {
    return read(() -> open(found(id)));
  }

  /**
   * Puts the record back on its way, for the group that could not handle it. After a failure it may
   * be on its way all the same; replaying it again is harmless.
   */
  public Future<Letter> replay(String id, String actor) {
    return act(
        LetterDecision.Kind.REPLAYED,
        actor,
        id,
        letter ->
            read(() -> replayable(id))
                .compose(
                    opened ->
                        send(
                            replays(opened.content().origin().topic()),
                            opened.content().replay(actor, clock.millis())))
                .compose(sent -> decide(id, LetterDecision.Kind.REPLAYED, actor)));
  }

  /** Gives the record up. */
  public Future<Letter> discard(String id, String actor) {
    return act(
        LetterDecision.Kind.DISCARDED,
        actor,
        id,
        letter ->
            letter.decision().isPresent()
                ? Future.failedFuture(conflict(letter))
                : decide(id, LetterDecision.Kind.DISCARDED, actor));
  }

  /** Does it with a letter that is there, and writes into the audit log what came of it. */
  private Future<Letter> act(
      LetterDecision.Kind kind, String actor, String id, Function<Letter, Future<Letter>> step) {
    return read(() -> found(id))
        .compose(
            letter -> {
              Future<Letter> decided = step.apply(letter);
              return decided
                  .transform(done -> audit.decided(kind, actor, letter, outcome(done)))
                  .transform(written -> decided);
            });
  }

  private static String outcome(AsyncResult<Letter> done) {
    return done.succeeded() ? "done" : "failed: " + done.cause().getMessage();
  }

  /** Lets go of Kafka. */
  public Future<Void> close() {
    timer.ifPresent(vertx::cancelTimer);
    return worker
        .executeBlocking(this::closeScan)
        .eventually(worker::close)
        .eventually(() -> Future.join(replays.values().stream().map(LetterDesk::close).toList()))
        .eventually(() -> close(decisions));
  }

  private static Future<Void> close(StreamProducer producer) {
    return producer == null ? Future.succeededFuture() : producer.close(CLOSE_MS);
  }

  /** Appends the decision; of two at once the first in the topic counts, and the other hears so. */
  private Future<Letter> decide(String id, LetterDecision.Kind kind, String actor) {
    LetterDecision mine = new LetterDecision(id, kind, actor, clock.millis(), Ids.fresh());
    return send(decisions(), mine.encode())
        .compose(
            sent ->
                read(
                    () -> {
                      Letter letter = found(id);
                      if (letter.decision().filter(mine::equals).isEmpty()) {
                        throw conflict(letter);
                      }
                      return letter;
                    }));
  }

  /** Runs on the worker, after reading what has come since. */
  private <T> Future<T> read(Callable<T> step) {
    return worker
        .executeBlocking(
            () -> {
              readOn();
              return step.call();
            })
        .recover(
            cause ->
                Future.failedFuture(cause instanceof StreamAwayException ? away(cause) : cause));
  }

  private void readOn() {
    try {
      if (scan == null) {
        scan = StreamScan.open(settings, settings.deadLettersTopic(), PATIENCE);
        book = new LetterBook();
      }
      scan.readOn(book::take);
      book.expire(scan::isGone);
      letterMeters.show(book);
    } catch (RuntimeException failed) {
      closeScan();
      throw failed;
    }
  }

  private Void closeScan() {
    if (scan != null) {
      scan.close();
      scan = null;
    }
    return null;
  }

  private Letter found(String id) {
    return book.find(id)
        .orElseThrow(() -> new FailureException(Failure.NOT_FOUND, "no such dead letter"));
  }

  private OpenedLetter open(Letter letter) {
    return scan.at(letter.place())
        .map(record -> new OpenedLetter(letter, DeadLetter.decode(record)))
        .orElseThrow(() -> new FailureException(Failure.NOT_FOUND, "the dead letter has expired"));
  }

  private OpenedLetter replayable(String id) {
    Letter letter = found(id);
    if (letter.decision().isPresent()) {
      throw conflict(letter);
    }
    OpenedLetter opened = open(letter);
    String topic = opened.content().origin().topic();
    if (!topic.equals(settings.changesTopic()) && !topic.equals(settings.largeTopic())) {
      throw new FailureException(
          Failure.CONFLICT, "it came from topic '" + topic + "', which nobody reads here");
    }
    return opened;
  }

  private static FailureException conflict(Letter letter) {
    LetterDecision made = letter.decision().orElseThrow();
    return new FailureException(
        Failure.CONFLICT,
        "it was already %s by %s at %s"
            .formatted(made.kind().word(), made.by(), Letter.time(made.at())));
  }

  private synchronized StreamProducer replays(String topic) {
    return replays.computeIfAbsent(
        topic, back -> StreamProducer.of(vertx, settings, back, USER, meters));
  }

  private synchronized StreamProducer decisions() {
    if (decisions == null) {
      decisions = StreamProducer.of(vertx, settings, settings.deadLettersTopic(), USER, meters);
    }
    return decisions;
  }

  private static Future<Void> send(StreamProducer producer, StreamRecord record) {
    return producer.send(record).recover(cause -> Future.failedFuture(away(cause)));
  }

  private static FailureException away(Throwable cause) {
    return new FailureException(Failure.UNAVAILABLE, String.valueOf(cause.getMessage()));
  }
}
