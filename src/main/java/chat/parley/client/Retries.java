package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Tries a REST call again while the server is away or busy: a lost connection, or a problem that
 * says it is retryable. A call whose first try may have been carried out unseen has to be one that
 * bears repeating.
 */
public final class Retries {
  private static final long FIRST_MS = 200;
  private static final long MAX_MS = 3_000;

  private final Vertx vertx;
  private final RandomGenerator random;
  private final Duration patience;

  /** A retrier; {@code patience} is how long a call is tried. */
  public Retries(Vertx vertx, RandomGenerator random, Duration patience) {
    this.vertx = vertx;
    this.random = random;
    this.patience = patience;
  }

  /** The first success; the last failure where patience ran out; any other refusal at once. */
  public <T> Future<T> call(Supplier<Future<T>> task) {
    return call(task, System.nanoTime() + patience.toNanos(), FIRST_MS);
  }

  private <T> Future<T> call(Supplier<Future<T>> task, long deadline, long windowMs) {
    return task.get()
        .recover(
            failure -> {
              boolean refused = failure instanceof ProblemException problem && !problem.retryable();
              if (refused || System.nanoTime() - deadline > 0) {
                return Future.failedFuture(failure);
              }
              long asked = failure instanceof ProblemException problem ? problem.retryAfterMs() : 0;
              Promise<Void> waited = Promise.promise();
              vertx.setTimer(1 + asked + random.nextLong(windowMs), timer -> waited.complete());
              return waited
                  .future()
                  .compose(v -> call(task, deadline, Math.min(MAX_MS, windowMs * 2)));
            });
  }
}
