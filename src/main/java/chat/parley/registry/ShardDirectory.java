package chat.parley.registry;

import java.util.Optional;

/**
 * Which node says that it owns which shard. A hint for routing: only the epoch in the store
 * decides.
 */
public interface ShardDirectory {
  /** The node that last announced the shard and is in the cluster; empty while nobody has. */
  Optional<String> ownerOf(int shard);

  /**
   * Says that this node owns the shard now under this epoch; an announcement of a lower epoch is
   * ignored.
   */
  void announce(int shard, long epoch);

  /** Says that this node no longer owns the shard. */
  void withdraw(int shard, long epoch);
}
