package chat.parley.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Open while a store answers; whoever watches the store shuts it and opens it. While it is shut,
 * what needs the store is refused at once, and those who wait already are told as well: so callers
 * know soon, and nothing piles up here that could only wait. Thread-safe.
 */
public final class StoreGate {
  private final Set<Promise<?>> waiting = ConcurrentHashMap.newKeySet();
  private final LongAdder refused = new LongAdder();
  private volatile FailureException refusal;

  /** Whether the store answers, as far as is known. */
  public boolean isOpen() {
    return refusal == null;
  }

  /** How many were refused so far. */
  public long refused() {
    return refused.sum();
  }

  /** Refuses everything from now on, and all that waits, with this answer. */
  public void shut(FailureException answer) {
    refusal = answer;
    waiting.forEach(promise -> refuse(promise, answer));
  }

  /** Lets everything through again. */
  public void open() {
    refusal = null;
  }

  /** Begins the work while the gate is open; what has begun is left alone. */
  public <T> Future<T> pass(Supplier<Future<T>> work) {
    FailureException answer = refusal;
    if (answer != null) {
      refused.increment();
      return Future.failedFuture(answer);
    }
    return work.get();
  }

  /**
   * The same for callers who are to know soon: they are refused as well when the gate is shut while
   * they wait. The work then goes on, and what becomes of it is unknown to them.
   *
   * @return completes on any thread
   */
  public <T> Future<T> guard(Supplier<Future<T>> work) {
    Future<T> outcome = pass(work);
    if (outcome.isComplete()) {
      return outcome;
    }
    Promise<T> promise = Promise.promise();
    waiting.add(promise);
    outcome.onComplete(
        done -> {
          waiting.remove(promise);
          if (done.succeeded()) {
            promise.tryComplete(done.result());
          } else {
            promise.tryFail(done.cause());
          }
        });
    // It may have been shut between the look at the entry and the place among those who wait.
    FailureException answer = refusal;
    if (answer != null) {
      refuse(promise, answer);
    }
    return promise.future();
  }

  private void refuse(Promise<?> promise, FailureException answer) {
    if (promise.tryFail(answer)) {
      refused.increment();
    }
  }
}
