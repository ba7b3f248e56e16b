package chat.parley.cluster.model;

import chat.parley.client.ConnectionLostException;
import chat.parley.client.ProblemException;
import chat.parley.testing.Await;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks a server as long as it says that one may ask again. */
final class Asking {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(Await.PATIENCE_SECONDS);

  private Asking() {}

  /**
   * Asks until there is an answer; empty where it is a refusal. For what may be asked for again: it
   * says what shall be.
   */
  static <T> Optional<T> ask(Supplier<Future<T>> question) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      Future<T> asked = question.get();
      T answer =
          Await.join(
              asked.recover(
                  cause ->
                      mayAskAgain(cause) || isRefusal(cause)
                          ? Future.succeededFuture()
                          : Future.failedFuture(cause)));
      if (asked.succeeded() || isRefusal(asked.cause())) {
        return Optional.ofNullable(answer);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("no answer for so long", asked.cause());
      }
      sleep(asked.cause() instanceof ProblemException problem ? problem.retryAfterMs() : 0);
    }
  }

  private static boolean isRefusal(Throwable cause) {
    return cause instanceof ProblemException problem && !mayAskAgain(problem);
  }

  private static boolean mayAskAgain(Throwable cause) {
    return cause instanceof ConnectionLostException
        || cause instanceof ProblemException problem && problem.retryable();
  }

  private static void sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(Math.max(20, millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
