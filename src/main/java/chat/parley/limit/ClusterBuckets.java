package chat.parley.limit;

import io.vertx.core.Future;

/** Token buckets that all nodes share. A question is a call over the network, and may fail. */
public interface ClusterBuckets {
  /**
   * Takes as many tokens as there are, {@code wanted} at most.
   *
   * @return how many were taken, 0 to {@code wanted}
   */
  Future<Long> take(Limit limit, String id, Rate rate, long wanted);

  /** Completes when the buckets answer. */
  Future<Void> probe();
}
