package chat.parley.torture.finalread;

import chat.parley.torture.finalread.StoredChanges.Found;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * What store and stream hold when nothing happens any more.
 *
 * @param store what is committed
 * @param stream what is published
 */
record RestingStores(Result store, Result stream) {
  private static final long LOOK_AGAIN_MS = 500;

  /** What was read last, or why it could not be read. */
  record Result(List<Found> found, Exception failure) {
    private static Result of(Callable<List<Found>> reading) {
      try {
        return new Result(reading.call(), null);
      } catch (Exception away) {
        return new Result(List.of(), away);
      }
    }

    private boolean hasFailed() {
      return failure != null;
    }
  }

  /** Reads until the store has not changed and the stream has all of it, or time is up. Blocks. */
  static RestingStores of(StoredChanges changes, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    int before = -1;
    while (true) {
      Result store = Result.of(changes::inStore);
      Result stream = Result.of(changes::inStream);
      boolean still = store.found.size() == before;
      boolean whole = !store.hasFailed() && !stream.hasFailed();
      if (whole && still && StoredChanges.covers(stream.found, store.found)
          || System.nanoTime() - deadline > 0) {
        return new RestingStores(store, stream);
      }
      before = store.found.size();
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
    }
  }
}
