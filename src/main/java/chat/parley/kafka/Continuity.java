package chat.parley.kafka;

import io.vertx.core.Future;
import java.util.Set;

/**
 * Remembers of a topic whether a group has missed something of it. Neither the consumers nor the
 * brokers can know for long: the ones restart, and the others' commits go where their records went.
 * So it is kept elsewhere, where all nodes see it; what is completed here is durable.
 */
public interface Continuity {
  /**
   * What is remembered.
   *
   * @param topicId of the topic that is followed; null where that was never said
   * @param partitions whose commits a consumer has seen: one without commit has lost it
   * @param missed whether something of the topic was gone before it was handled, and has not been
   *     made up for by other means
   */
  record Known(String topicId, Set<Integer> partitions, boolean missed) {
    public Known {
      partitions = Set.copyOf(partitions);
    }
  }

  Future<Known> known();

  /** These partitions have commits from now on. */
  Future<Void> followed(Set<Integer> partitions);

  /** The topic that is followed is this one. */
  Future<Void> followed(String topicId);

  /** Something may have been missed just now. */
  Future<Void> missed();
}
