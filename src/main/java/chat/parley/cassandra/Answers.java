package chat.parley.cassandra;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what was asked of the store, and what it answered. Thread-safe. */
final class Answers {
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong silences = new AtomicLong();

  /** Watches a request that is under way. */
  <T> Future<T> watch(Future<T> request) {
    outstanding.incrementAndGet();
    return request.onComplete(
        done -> {
          outstanding.decrementAndGet();
          if (done.succeeded() || Faults.isAnswer(done.cause())) {
            answers.incrementAndGet();
          } else if (!Faults.isOurs(done.cause())) {
            silences.incrementAndGet();
          }
        });
  }

  /** Requests that are under way. */
  int outstanding() {
    return outstanding.get();
  }

  /** How often the store has answered. */
  long answers() {
    return answers.get();
  }

  /** How many requests have ended without an answer. */
  long silences() {
    return silences.get();
  }
}
