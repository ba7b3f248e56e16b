package chat.parley.kafka;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures on threads of this package's own. */
final class Waiting {
  private static final long ANSWER_MS = 10_000;

  private Waiting() {}

  static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(ANSWER_MS, TimeUnit.MILLISECONDS);
  }
}
