package chat.parley.limit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The grid's buckets in this test's hand: they answer at once, when they are told to, or never. */
final class FakeCluster implements ClusterBuckets {
  final List<Long> asked = new ArrayList<>();
  final Deque<Promise<Long>> held = new ArrayDeque<>();
  int probes;
  boolean holds;
  boolean fails;
  private final Map<String, Allowance> buckets = new HashMap<>();
  private final LongSupplier nanos;

  FakeCluster(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public Future<Long> take(Limit limit, String id, Rate rate, long wanted) {
    asked.add(wanted);
    if (fails) {
      return Future.failedFuture("the grid is away");
    }
    if (holds) {
      Promise<Long> later = Promise.promise();
      held.add(later);
      return later.future();
    }
    Allowance bucket =
        buckets.computeIfAbsent(limit.key() + id, any -> Allowance.full(rate, nanos));
    long taken = 0;
    while (taken < wanted && bucket.take(1) == 0) {
      taken++;
    }
    return Future.succeededFuture(taken);
  }

  @Override
  public Future<Void> probe() {
    probes++;
    return fails ? Future.failedFuture("the grid is away") : Future.succeededFuture();
  }
}
