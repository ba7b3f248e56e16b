package chat.parley.kafka;

/**
 * Who reads a topic.
 *
 * @param name of those who share the topic's records
 * @param node this one of them, as it signs its dead letters
 */
public record ConsumerGroup(String name, String node) {}
