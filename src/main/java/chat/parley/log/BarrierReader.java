package chat.parley.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads shard epochs after writes. One read serves every group of every shard that finished before
 * it started, so under load its cost is shared. At most one read is under way; what arrives
 * meanwhile goes with the next. Lives on one context.
 */
final class BarrierReader {
  private final LogStore store;
  private final Supplier<Future<Void>> pause;
  private Map<Integer, List<Promise<Long>>> waiting = new HashMap<>();
  private boolean reading;

  /** One read after the other. */
  BarrierReader(LogStore store) {
    this(store, Future::succeededFuture);
  }

  /**
   * One that pauses after each read, for those who would rather share one than have it soon: to the
   * store, a read of n shards is n reads.
   *
   * @param pause is over when its future completes, on the same context
   */
  BarrierReader(LogStore store, Supplier<Future<Void>> pause) {
    this.store = store;
    this.pause = pause;
  }

  /**
   * The shard's epoch by a quorum read that begins after this call; 0 where the shard was never
   * taken.
   */
  Future<Long> epochOf(int shard) {
    Promise<Long> promise = Promise.promise();
    waiting.computeIfAbsent(shard, any -> new ArrayList<>()).add(promise);
    readIfIdle();
    return promise.future();
  }

  private void readIfIdle() {
    if (reading || waiting.isEmpty()) {
      return;
    }
    reading = true;
    Map<Integer, List<Promise<Long>>> served = waiting;
    waiting = new HashMap<>();
    store
        .epochs(served.keySet())
        .onComplete(
            read -> {
              pause
                  .get()
                  .onComplete(
                      over -> {
                        reading = false;
                        readIfIdle();
                      });
              served.forEach(
                  (shard, promises) ->
                      promises.forEach(
                          promise -> {
                            if (read.succeeded()) {
                              promise.complete(read.result().getOrDefault(shard, 0L));
                            } else {
                              promise.fail(read.cause());
                            }
                          }));
            });
  }
}
