package chat.parley.verify;

import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Reads of the history store, one after the other, at a pace, patient with a store that is away for
 * some seconds. Blocks: never call it on an event loop.
 */
final class StoreReads {
  private static final int TRIES = 5;
  private static final long FIRST_PAUSE_MS = 500;

  private final Pace pace;

  StoreReads(Pace pace) {
    this.pace = pace;
  }

  /** The rows of one request. */
  <T> List<T> rows(Supplier<Future<List<T>>> read) {
    List<T> rows = await(read);
    pace.request(rows.size());
    return rows;
  }

  /** What one request brings. */
  <T> T one(Supplier<Future<T>> read) {
    T found = await(read);
    pace.request(1);
    return found;
  }

  private static <T> T await(Supplier<Future<T>> read) {
    try {
      for (int tried = 1; ; tried++) {
        try {
          return read.get().toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException failed) {
          if (tried == TRIES || !(failed.getCause() instanceof FailureException)) {
            throw new CannotLookException(
                "the history store cannot be read: " + failed.getCause().getMessage());
          }
          Thread.sleep(FIRST_PAUSE_MS << (tried - 1));
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CannotLookException("interrupted");
    }
  }
}
