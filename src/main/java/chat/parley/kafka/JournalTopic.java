package chat.parley.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes the topic of the {@link Journal}, once the first record is wanted. */
final class JournalTopic {
  private static final int DEADLINE_MS = 10_000;
  private static final long LOOK_MS = 50;

  private JournalTopic() {}

  /** A client of the brokers; it connects when it is used. */
  static Admin admin(KafkaSettings settings) {
    return Admin.create(settings.administration(5_000, DEADLINE_MS));
  }

  /**
   * Makes the topic where it is missing. Blocks.
   *
   * @throws StreamAwayException where no broker answers or the brokers refuse
   * @throws IllegalStateException where there is one with another number of partitions: a partition
   *     would be somebody else's
   */
  static void ensure(Admin admin, KafkaSettings settings, int partitions)
      throws InterruptedException {
    NewTopic topic = topic(settings, partitions);
    try {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException failed) {
      if (!Topics.isThere(admin, topic.name(), failed.getCause())) {
        throw new StreamAwayException("no topic " + topic.name() + ": " + failed.getCause());
      }
      Topics.goByBrokersTime(admin, topic.name());
    }
    int found = partitionsOf(admin, topic.name());
    if (found != partitions) {
      throw new IllegalStateException(
          "topic "
              + topic.name()
              + " has "
              + found
              + " partitions, but a journal has "
              + partitions
              + ", one for each shard");
    }
  }

  /** Waits for a topic that was made just now: brokers hear of it one after the other. */
  private static int partitionsOf(Admin admin, String topic) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS);
    while (true) {
      try {
        return admin
            .describeTopics(List.of(topic))
            .allTopicNames()
            .get()
            .get(topic)
            .partitions()
            .size();
      } catch (ExecutionException failed) {
        if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadline) {
          throw new StreamAwayException("topic " + topic + ": " + failed.getCause());
        }
        Thread.sleep(LOOK_MS);
      }
    }
  }

  /** With all that its acks rest on. */
  static NewTopic topic(KafkaSettings settings, int partitions) {
    int replicas = settings.replicationFactor();
    return new NewTopic(settings.journalTopic(), partitions, (short) replicas)
        .configs(
            Map.of(
                Topics.BROKERS_TIME.name(),
                Topics.BROKERS_TIME.value(),
                // Only the owner of a partition knows what in it is of no use any more.
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                "-1",
                TopicConfig.RETENTION_BYTES_CONFIG,
                "-1",
                // An ack says "replicated": one broker alone must not give it where there are more.
                // While too few are there, acks wait for Cassandra.
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                String.valueOf(Math.min(replicas, Math.max(2, replicas - 1))),
                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                "false",
                // Many partitions of little data: small files, or each costs 20 MB of index.
                TopicConfig.SEGMENT_BYTES_CONFIG,
                String.valueOf(16 * 1024 * 1024),
                TopicConfig.SEGMENT_INDEX_BYTES_CONFIG,
                String.valueOf(64 * 1024),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(StreamProducer.MAX_REQUEST_BYTES)));
  }
}
