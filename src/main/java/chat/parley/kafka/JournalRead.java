package chat.parley.kafka;

import chat.parley.kafka.Journal.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** One read of some lanes of the journal. Blocks; for one thread. */
final class JournalRead {
  /** The value of a record that only says where a read ends. */
  static final byte[] MARK = {};

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<TopicPartition, Long> marks = new HashMap<>();
  private final Map<TopicPartition, List<byte[]>> values = new HashMap<>();

  private JournalRead(
      KafkaSettings settings, KafkaConsumer<String, byte[]> consumer, Map<Integer, Long> marks) {
    this.consumer = consumer;
    marks.forEach(
        (lane, mark) -> {
          TopicPartition partition = new TopicPartition(settings.journalTopic(), lane);
          this.marks.put(partition, mark);
          values.put(partition, new ArrayList<>());
        });
  }

  /**
   * Everything from each lane's beginning to its mark, which is known to be there.
   *
   * @throws StreamAwayException when the brokers bring nothing for ten seconds
   */
  static Map<Integer, Lane> upTo(KafkaSettings settings, Map<Integer, Long> marks) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            properties(settings), new StringDeserializer(), new ByteArrayDeserializer());
    try {
      return new JournalRead(settings, consumer, marks).read();
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }

  private static Map<String, Object> properties(KafkaSettings settings) {
    Map<String, Object> properties = new HashMap<>(settings.connection());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // What was cut off while it was read is of no use to anybody.
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    return properties;
  }

  private Map<Integer, Lane> read() {
    consumer.assign(marks.keySet());
    consumer.seekToBeginning(marks.keySet());
    long movedAt = System.nanoTime();
    while (!isOver()) {
      ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
      if (!records.isEmpty()) {
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > PATIENCE.toNanos()) {
        throw new StreamAwayException("the journal's brokers stopped answering");
      }
      records.forEach(this::take);
    }
    Map<Integer, Lane> lanes = new HashMap<>();
    marks.forEach(
        (partition, mark) ->
            lanes.put(partition.partition(), new Lane(values.get(partition), mark + 1)));
    return lanes;
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (record.offset() < marks.get(partition) && record.value().length > 0) {
      values.get(partition).add(record.value());
    }
  }

  private boolean isOver() {
    marks.forEach(
        (partition, mark) -> {
          if (!consumer.paused().contains(partition) && consumer.position(partition) > mark) {
            consumer.pause(List.of(partition)); // what comes later is not for us
          }
        });
    return consumer.paused().size() == marks.size();
  }
}
