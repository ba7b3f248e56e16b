package chat.parley.registry;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.replicatedmap.ReplicatedMap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What was revoked, in a replicated map: every node holds all of it, so a question costs no network
 * and no lock. Entries leave with their time. A hint like everything of Hazelcast: what must not be
 * forgotten is stored elsewhere.
 */
public final class HazelcastRevoked {
  private final Vertx vertx;
  private final ReplicatedMap<String, Boolean> map;

  private HazelcastRevoked(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.map = hazelcast.getReplicatedMap(HazelcastStart.REVOKED);
  }

  /** The list, once it holds what the other nodes hold; fills it off the event loop. */
  public static Future<HazelcastRevoked> open(Vertx vertx, HazelcastInstance hazelcast) {
    return vertx.executeBlocking(() -> new HazelcastRevoked(vertx, hazelcast));
  }

  /** Whether it is in the list; asks this node's copy. */
  public boolean contains(String id) {
    return map.containsKey(id);
  }

  /** Puts it in for so long; completes when its owner in the cluster has it. */
  public Future<Void> add(String id, Duration life) {
    return vertx
        .executeBlocking(() -> map.put(id, true, life.toSeconds(), TimeUnit.SECONDS), false)
        .mapEmpty();
  }
}
