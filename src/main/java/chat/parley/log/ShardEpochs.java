package chat.parley.log;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * Who owns which shard under which epoch: the register that fences. Only conditional writes (LWT)
 * touch it. An unknown outcome is never acted on: read again and bump again; no epoch is ever used
 * twice.
 */
interface ShardEpochs {
  /** One shard's register; {@code owner} is empty after a hand-over. */
  record Register(int shard, long epoch, String owner) {}

  /** All registers at quorum; shards that nobody ever took are absent. */
  Future<List<Register>> all();

  /**
   * Takes a shard: from epoch {@code seen} (0: never taken) to {@code seen} + 1.
   *
   * @return whether this call did it; false also where that cannot be known
   */
  Future<Boolean> take(int shard, long seen, String owner);

  /** Gives a shard up, so that its next owner need not wait. The epoch stays used. */
  Future<Boolean> release(int shard, long epoch, String owner);

  /** Says that this node lives. */
  Future<Void> beat(String node, long beat);

  /** The last beat of every node. */
  Future<Map<String, Long>> beats();
}
