package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.SharedStack;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The topics as a real broker has them. */
class TopicsIT {
  private static final long HOURS_MS = TimeUnit.HOURS.toMillis(2);

  private final String id = UUID.randomUUID().toString();
  private final String bootstrap = SharedStack.get().kafkaBootstrap();

  @Test
  void aNodeWhoseClockIsAheadCanPublish() throws Exception {
    String madeBefore = "changes-" + id;
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
      admin.createTopics(List.of(new NewTopic(madeBefore, 1, (short) 1))).all().get();
    }
    KafkaSettings settings =
        KafkaSettings.defaults()
            .withBootstrapServers(List.of(bootstrap))
            .withTopics(madeBefore, "letters-" + id);
    Vertx vertx = Vertx.vertx();
    try {
      Topics.ensure(vertx, settings).await();
    } finally {
      vertx.close().await();
    }

    long now = System.currentTimeMillis();
    for (String topic : List.of(settings.changesTopic(), settings.largeTopic())) {
      assertThat(publish(topic, now + HOURS_MS).timestamp())
          .as("the broker's time, in %s", topic)
          .isLessThan(now + HOURS_MS / 2);
    }
  }

  private RecordMetadata publish(String topic, long time) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            new StringSerializer(),
            new ByteArraySerializer())) {
      return producer.send(new ProducerRecord<>(topic, 0, time, "k", new byte[] {1})).get();
    }
  }
}
