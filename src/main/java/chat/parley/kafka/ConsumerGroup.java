package chat.parley.kafka;

import java.util.Optional;

/**
 * Who reads a topic.
 *
 * @param name of those who share the topic's records
 * @param node this one of them, as it signs its dead letters
 * @param continuity what is told before records are skipped because they are gone; empty for those
 *     who have no use for it, they just go on with the oldest there is
 */
public record ConsumerGroup(String name, String node, Optional<Continuity> continuity) {
  /** One that goes on with the oldest there is. */
  public ConsumerGroup(String name, String node) {
    this(name, node, Optional.empty());
  }
}
