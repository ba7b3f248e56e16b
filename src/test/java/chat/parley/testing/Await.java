package chat.parley.testing;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.client.ProblemException;
import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits of a test's own thread for futures, with one generous deadline. */
public final class Await {
  /** How long a test waits for what should be there at once, in seconds. */
  public static final long PATIENCE_SECONDS = 60;

  private Await() {}

  /** The result. */
  public static <T> T join(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no result within " + PATIENCE_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The problem that the future must fail with. */
  public static ProblemException problem(Future<?> future) {
    return refusal(future, ProblemException.class);
  }

  /** Why the future must fail. */
  public static Failure failure(Future<?> future) {
    return refusal(future, FailureException.class).failure();
  }

  private static <T extends Throwable> T refusal(Future<?> future, Class<T> type) {
    return join(
        future.transform(
            done ->
                type.isInstance(done.cause())
                    ? Future.succeededFuture(type.cast(done.cause()))
                    : Future.failedFuture(
                        new AssertionError("no refusal but " + done.result(), done.cause()))));
  }
}
