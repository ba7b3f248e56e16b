package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.event.StreamRecord;
import chat.parley.testing.SharedStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits that a real broker refuses, because the consumer has lost its place in its group. */
class OffsetsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String id = UUID.randomUUID().toString();
  private final TopicPartition partition = new TopicPartition("offsets-" + id, 0);
  private Admin admin;
  private KafkaConsumer<String, byte[]> consumer;

  @BeforeEach
  void begin() throws Exception {
    String bootstrap = SharedStack.get().kafkaBootstrap();
    admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    admin.createTopics(List.of(new NewTopic(partition.topic(), 1, (short) 1))).all().get();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < 3; i++) {
        producer.send(new ProducerRecord<>(partition.topic(), "k", new byte[] {1})).get();
      }
    }
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                id,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(partition.topic()));
  }

  @AfterEach
  void end() {
    consumer.close();
    admin.close();
  }

  @Test
  void whatTheBrokerHasRefusedIsNotTakenForCommittedAndIsOfferedAgain() throws Exception {
    Offsets offsets = new Offsets(0);
    offsets.commitNow(consumer, List.of(partition));
    assertThat(committed()).as("nothing has been handled").isNull();

    offsets.add(new Batch(read()));
    expel();
    offsets.commitNow(consumer, List.of(partition));
    assertThat(committed()).isNull();

    rejoin();
    expel();
    offsets.commitWhenDue(consumer);
    rejoin(); // which hands out the refusal
    assertThat(committed()).isNull();

    offsets.commitNow(consumer, List.of(partition));
    assertThat(committed()).isEqualTo(3);
  }

  @Test
  void whatIsAnotherConsumersNowIsNotCommitted() throws Exception {
    Offsets offsets = new Offsets(0);
    offsets.add(new Batch(read()));
    offsets.forget(List.of(partition));
    offsets.commitNow(consumer, List.of(partition));
    offsets.commitWhenDue(consumer);
    consumer.poll(POLL);
    assertThat(committed()).isNull();
  }

  private List<Batch.Entry> read() {
    List<Batch.Entry> entries = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                StreamRecord value = new StreamRecord(record.key(), record.value(), Map.of());
                entries.add(new Batch.Entry(partition, record.offset(), record.timestamp(), value));
              }
              return entries.size() == 3;
            });
    return entries;
  }

  /** What the broker does to one that is silent for too long. */
  private void expel() throws Exception {
    admin
        .removeMembersFromConsumerGroup(id, new RemoveMembersFromConsumerGroupOptions())
        .all()
        .get(30, TimeUnit.SECONDS);
  }

  /** Until the consumer has its partition as a new member. */
  private void rejoin() {
    String before = consumer.groupMetadata().memberId();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              consumer.poll(POLL);
              return !consumer.groupMetadata().memberId().equals(before)
                  && consumer.assignment().contains(partition);
            });
  }

  /** The committed offset; null where there is none. */
  private Long committed() throws Exception {
    OffsetAndMetadata found =
        admin
            .listConsumerGroupOffsets(id)
            .partitionsToOffsetAndMetadata()
            .get(30, TimeUnit.SECONDS)
            .get(partition);
    return found == null ? null : found.offset();
  }
}
