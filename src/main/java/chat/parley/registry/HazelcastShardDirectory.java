package chat.parley.registry;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.EntryListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.MapEvent;
import com.hazelcast.replicatedmap.ReplicatedMap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who owns which shard, held by every node in a replicated map, so that a look-up is local. The map
 * itself keeps the last write, so each node keeps the highest epoch that it has seen of a shard,
 * and an owner whose announcement was overwritten by a lower epoch says it again.
 */
public final class HazelcastShardDirectory
    implements ShardDirectory, EntryListener<Integer, ShardOwner> {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastShardDirectory.class);

  private final Vertx vertx;
  private final HazelcastClusterView cluster;
  private final ReplicatedMap<Integer, ShardOwner> map;
  private final Map<Integer, ShardOwner> seen = new ConcurrentHashMap<>();
  private final Map<Integer, ShardOwner> own = new ConcurrentHashMap<>();

  /** The directory, once it knows what the other nodes know; fills it off the event loop. */
  public static Future<HazelcastShardDirectory> open(
      Vertx vertx, HazelcastInstance hazelcast, HazelcastClusterView cluster) {
    return vertx.executeBlocking(() -> new HazelcastShardDirectory(vertx, hazelcast, cluster));
  }

  /** Blocks while the map is filled from the other nodes: on an event loop, use {@link #open}. */
  public HazelcastShardDirectory(
      Vertx vertx, HazelcastInstance hazelcast, HazelcastClusterView cluster) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.map = hazelcast.getReplicatedMap(HazelcastStart.SHARDS);
    map.addEntryListener(this);
    map.forEach(this::see);
  }

  @Override
  public Optional<String> ownerOf(int shard) {
    ShardOwner owner = seen.get(shard);
    return owner == null || !cluster.isAlive(owner.node())
        ? Optional.empty()
        : Optional.of(owner.node());
  }

  @Override
  public void announce(int shard, long epoch) {
    say(shard, new ShardOwner(cluster.self(), epoch));
  }

  @Override
  public void withdraw(int shard, long epoch) {
    say(shard, new ShardOwner("", epoch));
  }

  /**
   * Says again what this node's words were and got lost, and looks at what its listener may have
   * missed; called every few seconds.
   */
  public void refresh() {
    vertx
        .executeBlocking(
            () -> {
              map.forEach(this::see);
              own.forEach(this::sayAgainUnlessKnown);
              return null;
            })
        .onFailure(cause -> LOG.warn("shard owners not refreshed: {}", cause.toString()));
  }

  private void say(int shard, ShardOwner word) {
    if (see(shard, word).equals(word)) {
      own.put(shard, word);
      write(shard, word);
    }
  }

  private void write(int shard, ShardOwner word) {
    vertx
        .executeBlocking(() -> map.put(shard, word))
        .onFailure(
            cause ->
                LOG.warn("shard {} not announced now, will be again: {}", shard, cause.toString()));
  }

  private ShardOwner see(int shard, ShardOwner word) {
    return seen.merge(shard, word, ShardOwner::later);
  }

  private void sayAgainUnlessKnown(int shard, ShardOwner word) {
    ShardOwner known = map.get(shard);
    if (!word.equals(seen.get(shard))) {
      own.remove(shard, word);
    } else if (!word.equals(known)) {
      map.put(shard, word);
    }
  }

  private void heard(int shard, ShardOwner word) {
    ShardOwner latest = see(shard, word);
    ShardOwner mine = own.get(shard);
    if (latest.equals(mine) && !latest.equals(word)) {
      write(shard, mine);
    }
  }

  @Override
  public void entryAdded(EntryEvent<Integer, ShardOwner> event) {
    heard(event.getKey(), event.getValue());
  }

  @Override
  public void entryUpdated(EntryEvent<Integer, ShardOwner> event) {
    heard(event.getKey(), event.getValue());
  }

  @Override
  public void entryRemoved(EntryEvent<Integer, ShardOwner> event) {}

  @Override
  public void entryEvicted(EntryEvent<Integer, ShardOwner> event) {}

  @Override
  public void entryExpired(EntryEvent<Integer, ShardOwner> event) {}

  @Override
  public void mapCleared(MapEvent event) {}

  @Override
  public void mapEvicted(MapEvent event) {}
}
