package chat.parley.cassandra;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.StoreGate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shuts the gate when the store has answered nothing for a while although it was asked, and opens
 * it with the first answer. It does not trust one slow request: after a third of that while it asks
 * for a single row, so that a store that is slow but answers keeps the gate open. While the gate is
 * shut that small question is all that the store is asked, one at a time.
 */
final class StoreWatch {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);
  private static final long LOOK_MS = 100;
  private static final long SOONEST_RETRY_MS = 1_000;
  private static final long LATEST_RETRY_MS = 5_000;

  private final Vertx vertx;
  private final Answers answers;
  private final StoreGate gate;
  private final Supplier<Future<?>> probe;
  private final long patienceMs;
  private final long timer;
  private long lookedAt = now();
  private long answersSeen;
  private long silencesSeen;
  private long silentMs;
  private boolean probing;

  /**
   * Begins to watch.
   *
   * @param probe asks the store for something small that takes a quorum; its future completes on
   *     the context that it is called on
   * @param patienceMs without an answer until the gate is shut
   */
  StoreWatch(
      Vertx vertx, Answers answers, StoreGate gate, Supplier<Future<?>> probe, long patienceMs) {
    this.vertx = vertx;
    this.answers = answers;
    this.gate = gate;
    this.probe = probe;
    this.patienceMs = patienceMs;
    this.timer = vertx.setPeriodic(LOOK_MS, tick -> look());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void look() {
    long passed = now() - lookedAt;
    lookedAt += passed;
    long answered = answers.answers();
    long silences = answers.silences();
    if (answered != answersSeen) {
      answersSeen = answered;
      silencesSeen = silences;
      heard();
    } else if (!gate.isOpen() || answers.outstanding() > 0 || silences != silencesSeen) {
      // A program that was held up itself has not listened, and must not blame the store.
      silentMs += Math.min(passed, 2 * LOOK_MS);
      notHeard();
    } else {
      silentMs = 0; // Nothing was asked, so nothing is missing.
    }
  }

  private void heard() {
    if (!gate.isOpen()) {
      LOG.atInfo().addKeyValue("silentMs", silentMs).log("Cassandra answers again");
      gate.open();
    }
    silentMs = 0;
  }

  private void notHeard() {
    if (silentMs >= patienceMs / 3 && !probing) {
      probing = true;
      answers.watch(probe.get()).onComplete(done -> probing = false);
    }
    if (silentMs >= patienceMs) {
      if (gate.isOpen()) {
        LOG.atWarn()
            .addKeyValue("silentMs", silentMs)
            .addKeyValue("outstanding", answers.outstanding())
            .log("Cassandra does not answer: what needs it is refused until it does");
      }
      long retryMs = Math.min(LATEST_RETRY_MS, Math.max(SOONEST_RETRY_MS, silentMs));
      gate.shut(
          new FailureException(Failure.UNAVAILABLE, "the history store does not answer", retryMs));
    }
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
