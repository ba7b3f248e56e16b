package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An ack of a buffered conversation rests on the topic alone, until the store has it. */
class JournalTopicTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 2", "5, 4"})
  void nothingIsRemovedByItselfAndNoBrokerAloneTakesARecord(int replicas, int inSync) {
    NewTopic topic = JournalTopic.topic(replicatedTo(replicas), 256);

    assertThat(topic.numPartitions()).isEqualTo(256);
    assertThat(topic.replicationFactor()).isEqualTo((short) replicas);
    assertThat(topic.configs())
        .containsAllEntriesOf(
            Map.of(
                "cleanup.policy", "delete",
                "retention.ms", "-1",
                "retention.bytes", "-1",
                "min.insync.replicas", Integer.toString(inSync),
                "unclean.leader.election.enable", "false"));
  }

  private static KafkaSettings replicatedTo(int brokers) {
    KafkaSettings usual = KafkaSettings.defaults();
    return new KafkaSettings(
        usual.bootstrapServers(),
        usual.access(),
        usual.changesTopic(),
        usual.deadLettersTopic(),
        usual.partitions(),
        brokers,
        usual.lingerMs(),
        usual.deliveryTimeoutMs(),
        usual.bufferBytes(),
        usual.compression(),
        usual.sessionTimeoutMs(),
        usual.maxBatch(),
        usual.maxAttempts(),
        usual.deadLettersDays(),
        usual.commitIntervalMs());
  }
}
