package chat.parley;

import chat.parley.telemetry.Readiness;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits, at a node's start, for a store that is not there yet: tries again until it is, says so in
 * plain words at first and then now and then, and ends the wait when the node is asked to stop.
 * What no waiting can mend, a wrong setting, fails at once.
 */
final class StoreWait {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWait.class);
  private static final long FIRST_PAUSE_MS = 500;
  private static final long LONGEST_PAUSE_MS = 5_000;
  private static final long SILENCE_MS = 10_000;
  private static final long SAY_AGAIN_MS = 60_000;

  private final Vertx vertx;
  private final Readiness readiness;
  private final Future<Void> stopAsked;

  /** {@code stopAsked} completes when the node is to stop. */
  StoreWait(Vertx vertx, Readiness readiness, Future<Void> stopAsked) {
    this.vertx = vertx;
    this.readiness = readiness;
    this.stopAsked = stopAsked;
  }

  /**
   * What is waited for.
   *
   * @param name as an operator knows it
   * @param addresses where it should be
   * @param away the failure that says that it is not there, and why
   */
  record Store(String name, List<String> addresses, Class<? extends RuntimeException> away) {
    @Override
    public String toString() {
      return name + " at " + String.join(", ", addresses);
    }
  }

  /**
   * Tries until it succeeds; the node is not ready meanwhile.
   *
   * @return fails as the attempt does where the store is not just away, with {@link
   *     StopAskedException} where the node is to stop
   */
  <T> Future<T> until(Store store, Supplier<Future<T>> attempt) {
    Wait<T> wait = new Wait<>(store, attempt);
    readiness.waitFor(store.name(), store.toString());
    stopAsked.onSuccess(asked -> wait.there.tryFail(new StopAskedException(store)));
    vertx.setTimer(SILENCE_MS, late -> wait.say("no answer yet"));
    wait.attempt(FIRST_PAUSE_MS);
    return wait.there.future();
  }

  /** The node was asked to stop before it was there. */
  static final class StopAskedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StopAskedException(Store store) {
      super("stopped while waiting for " + store, null, false, false);
    }
  }

  private final class Wait<T> {
    private final Store store;
    private final Supplier<Future<T>> step;
    private final Promise<T> there = Promise.promise();
    private final long begunAt = System.nanoTime();
    private long saidAtMs = -1;

    Wait(Store store, Supplier<Future<T>> step) {
      this.store = store;
      this.step = step;
    }

    void attempt(long pauseMs) {
      if (there.future().isComplete()) {
        return;
      }
      step.get()
          .onComplete(
              done -> {
                if (done.succeeded()) {
                  arrived(done.result());
                } else if (store.away().isInstance(done.cause())) {
                  say(done.cause().getMessage());
                  long next = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
                  vertx.setTimer(pauseMs, due -> attempt(next));
                } else {
                  there.tryFail(done.cause());
                }
              });
    }

    private void arrived(T result) {
      readiness.arrived(store.name());
      if (saidAtMs >= 0) {
        LOG.info("{} is there, after {} s", store, passedMs() / 1_000);
      }
      there.tryComplete(result);
    }

    private void say(String why) {
      boolean isNews = saidAtMs < 0 || passedMs() - saidAtMs >= SAY_AGAIN_MS;
      if (there.future().isComplete() || !isNews) {
        return;
      }
      saidAtMs = passedMs();
      LOG.warn(
          "Waiting for {}: {}. Trying again every {} s; nothing is lost, stop with Ctrl-C",
          store,
          why,
          LONGEST_PAUSE_MS / 1_000);
    }

    private long passedMs() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunAt);
    }
  }
}
