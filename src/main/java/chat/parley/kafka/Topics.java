package chat.parley.kafka;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics that Parley needs. */
public final class Topics {
  private static final long DEADLINE_MS = 30_000;

  /** Past this the oldest letters go: with their causes some 200,000 of small records. */
  private static final long MAX_LETTER_BYTES = 1L << 30;

  private Topics() {}

  /**
   * Makes the topics of changes and of dead letters where they are missing; leaves existing ones as
   * they are.
   *
   * @return fails with an {@code IllegalStateException} that names the brokers where they cannot be
   *     reached or refuse
   */
  public static Future<Void> ensure(Vertx vertx, KafkaSettings settings) {
    return vertx.executeBlocking(() -> create(settings), false);
  }

  private static Void create(KafkaSettings settings) throws InterruptedException {
    Map<String, Object> properties =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            settings.bootstrap(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            5_000,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) DEADLINE_MS);
    try (Admin admin = Admin.create(properties)) {
      for (NewTopic topic : topics(settings)) {
        createOne(admin, topic, settings);
      }
    }
    return null;
  }

  private static List<NewTopic> topics(KafkaSettings settings) {
    short replicas = (short) settings.replicationFactor();
    return List.of(
        new NewTopic(settings.changesTopic(), settings.partitions(), replicas),
        // Bounded in time and size, since whoever keeps the list of letters holds a line of each;
        // and roomy enough for any record with its cause.
        new NewTopic(settings.deadLettersTopic(), 1, replicas)
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    String.valueOf(TimeUnit.DAYS.toMillis(settings.deadLettersDays())),
                    TopicConfig.RETENTION_BYTES_CONFIG,
                    String.valueOf(MAX_LETTER_BYTES),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    String.valueOf(StreamProducer.MAX_REQUEST_BYTES))));
  }

  private static void createOne(Admin admin, NewTopic topic, KafkaSettings settings)
      throws InterruptedException {
    try {
      admin.createTopics(List.of(topic)).all().get(DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw unusable(topic, settings, e.getCause());
      }
    } catch (TimeoutException e) {
      throw unusable(topic, settings, e);
    }
  }

  private static IllegalStateException unusable(
      NewTopic topic, KafkaSettings settings, Throwable cause) {
    return new IllegalStateException(
        "cannot make topic "
            + topic.name()
            + " at Kafka "
            + settings.bootstrap()
            + ": "
            + cause.getMessage(),
        cause);
  }
}
