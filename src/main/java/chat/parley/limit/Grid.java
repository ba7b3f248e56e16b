package chat.parley.limit;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The cluster as a bucket sees it: how many share, what it answers, and for how long one waits.
 *
 * @param nodes how many nodes count, this one included; cheap
 * @param nanos a monotonic clock
 * @param deadlineMs what anybody may wait for it, once: then limits are local until it answers
 */
record Grid(
    ClusterBuckets buckets,
    IntSupplier nodes,
    LongSupplier nanos,
    long deadlineMs,
    GridHealth health,
    LimitMeters meters) {
  Future<Long> take(Limit limit, String id, Rate rate, long wanted) {
    meters.asked();
    return buckets
        .take(limit, id, rate, wanted)
        .timeout(deadlineMs, TimeUnit.MILLISECONDS)
        .onFailure(health::failed)
        .onSuccess(granted -> health.answered());
  }

  /** Whether it can be asked now; looks after it where it cannot. */
  boolean isWell() {
    if (health.isWell()) {
      return true;
    }
    if (health.mayProbe()) {
      buckets
          .probe()
          .timeout(deadlineMs, TimeUnit.MILLISECONDS)
          .onFailure(health::failed)
          .onSuccess(answered -> health.answered());
    }
    return false;
  }
}
