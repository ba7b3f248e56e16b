package chat.parley.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * The one event loop of a group. State of its clients is touched here only, so none of it needs a
 * lock.
 */
final class Loop {
  private final Context context;

  Loop(Vertx vertx) {
    this.context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      throw new IllegalStateException(
          "a client group is opened from a plain thread or an event loop");
    }
  }

  /** Runs at once where the caller is on the loop already, else soon. */
  void run(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      context.runOnContext(v -> task.run());
    }
  }

  /** Like {@link #run}; a throw of the task fails the future. */
  <T> Future<T> call(Supplier<Future<T>> task) {
    Promise<T> promise = Promise.promise();
    run(
        () -> {
          Future<T> result;
          try {
            result = task.get();
          } catch (RuntimeException e) {
            result = Future.failedFuture(e);
          }
          result.onComplete(promise);
        });
    return promise.future();
  }
}
