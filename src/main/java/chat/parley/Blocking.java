package chat.parley;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;

/** Waits for futures on threads that may wait: those of commands. */
final class Blocking {
  private Blocking() {}

  /**
   * The future's value. A failure is thrown as an {@link IllegalStateException} that says the cause
   * in words.
   */
  static <T> T await(Future<T> future) throws InterruptedException {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      throw new IllegalStateException(
          cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
  }
}
