package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.event.StreamRecord;
import chat.parley.testing.Await;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record that a real broker refuses, with others behind it. */
class StreamProducerIT {
  private static final int MOST_BYTES = 2_000;
  private static final int COUNT = 40;

  private final String topic = "refusing-" + UUID.randomUUID();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KafkaSettings settings =
      KafkaSettings.defaults()
          .withBootstrapServers(List.of(SharedStack.get().kafkaBootstrap()))
          .withTopics(topic, topic + ".dead");
  private Vertx vertx;
  private StreamProducer producer;

  @BeforeEach
  void begin() throws Exception {
    try (Admin admin = Admin.create(settings.administration(10_000, 30_000))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, 1, (short) 1)
                      .configs(
                          Map.of(
                              TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(MOST_BYTES)))))
          .all()
          .get();
    }
    vertx = Vertx.vertx();
    producer = StreamProducer.ofChanges(vertx, settings, meters);
  }

  @AfterEach
  void end() {
    Await.join(producer.close(1_000));
    Await.join(vertx.close());
  }

  /** The very first too: a broker that does not know a producer yet takes whatever comes first. */
  @ParameterizedTest
  @ValueSource(ints = {0, 10})
  void nothingOvertakesARecordThatWasRefused(int refused) {
    List<Future<Void>> sent = new ArrayList<>();
    vertx.runOnContext(
        here -> {
          for (int i = 0; i < COUNT; i++) {
            sent.add(producer.send(record(i, i == refused ? MOST_BYTES + 1 : 10)));
          }
        });
    await().until(() -> sent.size() == COUNT && sent.stream().allMatch(Future::isComplete));

    assertThat(IntStream.range(refused, COUNT)).allMatch(i -> sent.get(i).failed());
    assertThat(inTheStream()).isSubsetOf(IntStream.range(0, refused).boxed().toList()).isSorted();

    // What was refused is as it should be now, and goes out again with all that follow it.
    List<Future<Void>> again = new ArrayList<>();
    await().until(() -> Await.join(producer.send(record(refused, 10)).map(true).otherwise(false)));
    vertx.runOnContext(
        here ->
            IntStream.range(refused + 1, COUNT)
                .forEach(i -> again.add(producer.send(record(i, 10)))));
    int rest = COUNT - refused - 1;
    await().until(() -> again.size() == rest && again.stream().allMatch(Future::succeeded));
    List<Integer> all = inTheStream();
    assertThat(all.subList(all.indexOf(refused), all.size()))
        .containsExactlyElementsOf(IntStream.range(refused, COUNT).boxed().toList());
  }

  private static StreamRecord record(int number, int bytes) {
    byte[] value = new byte[bytes];
    byte[] text = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, value, 0, text.length);
    return new StreamRecord("key" + number % 3, value, Map.of());
  }

  private List<Integer> inTheStream() {
    Map<String, Object> properties = new HashMap<>(settings.connection());
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      List<Integer> numbers = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                record ->
                    numbers.add(
                        Integer.valueOf(
                            new String(record.value(), StandardCharsets.US_ASCII)
                                .replace("\0", ""))));
      }
      return numbers;
    }
  }
}
