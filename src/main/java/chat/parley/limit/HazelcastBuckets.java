package chat.parley.limit;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.grid.hazelcast.Bucket4jHazelcast;
import io.github.bucket4j.grid.hazelcast.HazelcastProxyManager;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * {@link ClusterBuckets} in a Hazelcast map. A bucket that is full again is forgotten; one whose
 * owner dies may be, which gives its user another burst. In a split each part has its own.
 */
public final class HazelcastBuckets implements ClusterBuckets {
  private static final String MAP = "parley.limits";

  /** Bucket4j numbers its types from here on; the registry's own begin at 1. */
  private static final int TYPES_FROM = 1_000;

  /** How long a bucket stays after it is full, so that clocks of nodes may differ. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final IMap<String, byte[]> map;
  private final AsyncProxyManager<String> buckets;

  /** The instance must have been started with {@link #configure}. */
  public HazelcastBuckets(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.map = hazelcast.getMap(MAP);
    this.buckets =
        Bucket4jHazelcast.entryProcessorBasedBuilder(map)
            .clientClock(new Agreed(hazelcast.getCluster()))
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
            .build()
            .asAsync();
  }

  /** A bucket goes from owner to owner, and their own clocks may differ by anything. */
  private record Agreed(Cluster cluster) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return TimeUnit.MILLISECONDS.toNanos(cluster.getClusterTime());
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }

  /** Readies the config of a node that is to share its buckets. */
  public static void configure(Config config) {
    // Soft state: a copy elsewhere would make each question wait for two nodes.
    config.addMapConfig(new MapConfig(MAP).setBackupCount(0).setAsyncBackupCount(1));
    HazelcastProxyManager.addCustomSerializers(config.getSerializationConfig(), TYPES_FROM);
  }

  @Override
  public Future<Long> take(Limit limit, String id, Rate rate, long wanted) {
    // The rate is in the key: where it was changed the bucket of the old one must not count on.
    String key = limit.key() + ' ' + rate + ' ' + id;
    return asked(() -> buckets.getProxy(key, () -> made(rate)).tryConsumeAsMuchAsPossible(wanted));
  }

  @Override
  public Future<Void> probe() {
    return asked(() -> map.getAsync("")).mapEmpty();
  }

  /** A grid that is stopping throws where it is asked. */
  private <T> Future<T> asked(Supplier<CompletionStage<T>> question) {
    try {
      return Future.fromCompletionStage(question.get(), vertx.getOrCreateContext());
    } catch (RuntimeException unwell) {
      return Future.failedFuture(unwell);
    }
  }

  private static CompletableFuture<BucketConfiguration> made(Rate rate) {
    return CompletableFuture.completedFuture(
        BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(rate.burst()).refillGreedy(rate.tokens(), rate.per()))
            .build());
  }
}
