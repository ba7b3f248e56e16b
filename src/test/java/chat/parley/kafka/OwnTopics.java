package chat.parley.kafka;

import chat.parley.testing.SharedStack;
import java.util.List;

/** Settings of a test that wants topics of its own, and failures soon. */
final class OwnTopics {
  private OwnTopics() {}

  static KafkaSettings of(String id, int partitions) {
    KafkaSettings defaults = KafkaSettings.defaults();
    return new KafkaSettings(
        List.of(SharedStack.get().kafkaBootstrap()),
        defaults.access(),
        "changes-" + id,
        "dead-" + id,
        partitions,
        1,
        defaults.lingerMs(),
        defaults.deliveryTimeoutMs(),
        defaults.bufferBytes(),
        defaults.compression(),
        6_000,
        50,
        2,
        30,
        100);
  }
}
