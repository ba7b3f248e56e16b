package chat.parley.verify;

import chat.parley.event.StreamRecord;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.StreamScan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.LongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A changes topic of its own with copies of records, so that what is done to it harms no other
 * test.
 */
final class CopiedStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int FILLERS = 40;
  private static final int FILLER_BYTES = 250_000;

  private final KafkaSettings from;
  private final KafkaSettings settings;
  private final int partitions;
  private final Admin admin;
  private final KafkaProducer<String, byte[]> producer;

  private CopiedStream(KafkaSettings from, int partitions) {
    this.from = from;
    this.settings = from.withTopics("copied-" + UUID.randomUUID(), from.deadLettersTopic());
    this.partitions = partitions;
    String bootstrap = from.bootstrapServers().get(0);
    this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    this.producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** A new, empty topic; there is none of large conversations. */
  static CopiedStream of(KafkaSettings from, int partitions)
      throws ExecutionException, InterruptedException {
    CopiedStream copy = new CopiedStream(from, partitions);
    NewTopic topic = new NewTopic(copy.settings.changesTopic(), partitions, (short) 1);
    copy.admin.createTopics(List.of(topic)).all().get();
    return copy;
  }

  KafkaSettings settings() {
    return settings;
  }

  int partitionOf(String key) {
    return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions);
  }

  /**
   * Copies a conversation's records.
   *
   * @param edit by number: null leaves a record out, other than empty is put for "says" in it
   */
  void put(String conversation, LongFunction<String> edit)
      throws ExecutionException, InterruptedException {
    List<StreamRecord> records = new ArrayList<>();
    try (StreamScan scan = StreamScan.open(from, PATIENCE)) {
      scan.read(
          (place, record) -> {
            if (conversation.equals(record.key())) {
              records.add(record);
            }
          });
    }
    for (StreamRecord record : records) {
      String says = edit.apply(numberOf(record));
      if (says != null) {
        send(null, says.isEmpty() ? record : saying(record, says));
      }
    }
  }

  private static long numberOf(StreamRecord record) {
    return Long.parseLong(new String(record.headers().get("changeSeq"), StandardCharsets.UTF_8));
  }

  private static StreamRecord saying(StreamRecord record, String says) {
    String text = new String(record.value(), StandardCharsets.UTF_8).replace("says", says);
    return new StreamRecord(record.key(), text.getBytes(StandardCharsets.UTF_8), record.headers());
  }

  private void send(Integer partition, StreamRecord record)
      throws ExecutionException, InterruptedException {
    ProducerRecord<String, byte[]> out =
        new ProducerRecord<>(settings.changesTopic(), partition, record.key(), record.value());
    record.headers().forEach((name, value) -> out.headers().add(name, value));
    producer.send(out).get();
  }

  /** Puts in more than a reader fetches ahead; answers how many records that are. */
  int fill(int partition) throws ExecutionException, InterruptedException {
    for (int i = 0; i < FILLERS; i++) {
      send(partition, new StreamRecord(null, new byte[FILLER_BYTES], Map.of()));
    }
    return FILLERS;
  }

  /** A partition that had a record, and has been idle for longer than it keeps them. */
  void idle(int partition) throws ExecutionException, InterruptedException {
    int at = partition % partitions;
    send(at, new StreamRecord(null, new byte[] {1}, Map.of()));
    cut(at, 1);
  }

  /** Removes the records before this offset, as retention would. */
  void cut(int partition, long before) {
    TopicPartition at = new TopicPartition(settings.changesTopic(), partition);
    admin
        .deleteRecords(Map.of(at, RecordsToDelete.beforeOffset(before)))
        .all()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
