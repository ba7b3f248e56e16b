package chat.parley.registry;

/** Who says to own a shard under which epoch; {@code node} is empty after a withdrawal. */
record ShardOwner(String node, long epoch) {
  /** The later word of two about one shard: a withdrawal counts more than its announcement. */
  static ShardOwner later(ShardOwner one, ShardOwner other) {
    if (one.epoch != other.epoch) {
      return one.epoch > other.epoch ? one : other;
    }
    return one.node.isEmpty() ? one : other;
  }
}
