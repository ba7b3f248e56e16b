package chat.parley.kafka;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics that Parley needs. In all of them the brokers say when a record came: a producer
 * goes by its own clock, brokers refuse what is more than an hour ahead of theirs, and a node whose
 * clock is so wrong could publish nothing.
 */
public final class Topics {
  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

  /** The topic's setting for it. */
  static final ConfigEntry BROKERS_TIME =
      new ConfigEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");

  private static final long DEADLINE_MS = 30_000;
  private static final long ANSWER_MS = 5_000;

  /** Past this the oldest letters go: with their causes some 200,000 of small records. */
  private static final long MAX_LETTER_BYTES = 1L << 30;

  private Topics() {}

  /**
   * Makes the topics of changes, small and large, and of dead letters where they are missing; gives
   * existing ones the brokers' time, and leaves them else as they are.
   *
   * @return fails with {@link StreamAwayException} where no broker answers, which may be tried
   *     again, with an {@code IllegalStateException} that names the brokers where they refuse
   */
  public static Future<Void> ensure(Vertx vertx, KafkaSettings settings) {
    return vertx.executeBlocking(() -> create(settings), false);
  }

  private static Void create(KafkaSettings settings) throws InterruptedException {
    try (Admin admin = admin(settings.administration(5_000, (int) DEADLINE_MS))) {
      requireAnswer(admin, settings);
      for (NewTopic topic : topics(settings)) {
        createOne(admin, topic, settings);
      }
    }
    return null;
  }

  /** A name that is unknown today may belong to a machine that is about to come. */
  private static Admin admin(Map<String, Object> properties) {
    try {
      return Admin.create(properties);
    } catch (KafkaException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      throw why instanceof ConfigException
          ? new StreamAwayException(why.getMessage())
          : new IllegalStateException("Kafka cannot be used: " + inWords(why), e);
    }
  }

  /** With the innermost cause, which says whose certificate it is, or which key. */
  static String inWords(Throwable fault) {
    Throwable first = fault;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first == fault || first.getMessage() == null
        ? String.valueOf(fault.getMessage())
        : fault.getMessage() + ": " + first.getMessage();
  }

  /** Asks for nothing, so that brokers that are away are known from brokers that refuse. */
  private static void requireAnswer(Admin admin, KafkaSettings settings)
      throws InterruptedException {
    try {
      admin.describeCluster().nodes().get(ANSWER_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new StreamAwayException("no broker answers");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException away) {
        throw new StreamAwayException(away.getMessage());
      }
      throw new IllegalStateException(
          "Kafka " + settings.bootstrap() + " cannot be used: " + inWords(e.getCause()),
          e.getCause());
    }
  }

  private static List<NewTopic> topics(KafkaSettings settings) {
    short replicas = (short) settings.replicationFactor();
    return List.of(
        new NewTopic(settings.changesTopic(), settings.partitions(), replicas)
            .configs(Map.of(BROKERS_TIME.name(), BROKERS_TIME.value())),
        new NewTopic(settings.largeTopic(), settings.partitions(), replicas)
            .configs(Map.of(BROKERS_TIME.name(), BROKERS_TIME.value())),
        // Bounded in time and size, since whoever keeps the list of letters holds a line of each;
        // and roomy enough for any record with its cause.
        new NewTopic(settings.deadLettersTopic(), 1, replicas)
            .configs(
                Map.of(
                    BROKERS_TIME.name(),
                    BROKERS_TIME.value(),
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
      if (e.getCause() instanceof RetriableException away) {
        throw new StreamAwayException(away.getMessage());
      }
      if (!isThere(admin, topic.name(), e.getCause())) {
        throw unusable(topic, settings, e.getCause());
      }
      goByBrokersTime(admin, topic.name());
    } catch (TimeoutException e) {
      throw new StreamAwayException("no broker makes topic " + topic.name());
    }
  }

  /**
   * Whether a topic is there that could not be made. Brokers ask for the right to make one before
   * they look whether it is there.
   *
   * @param refused what became of making it
   * @throws StreamAwayException where the brokers do not say
   */
  static boolean isThere(Admin admin, String topic, Throwable refused) throws InterruptedException {
    if (!(refused instanceof AuthorizationException)) {
      return refused instanceof TopicExistsException;
    }
    try {
      admin.describeTopics(List.of(topic)).allTopicNames().get(DEADLINE_MS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      throw new StreamAwayException("no broker says whether topic " + topic + " is there");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException away
          && !(away instanceof UnknownTopicOrPartitionException)) {
        throw new StreamAwayException(away.getMessage());
      }
      return false; // it is not, or may not be seen
    }
  }

  /**
   * Of a topic that was made otherwise. Not being allowed to does no harm while clocks are right.
   */
  static void goByBrokersTime(Admin admin, String topic) throws InterruptedException {
    try {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(new AlterConfigOp(BROKERS_TIME, AlterConfigOp.OpType.SET))))
          .all()
          .get(DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn(
          "topic {} may have another {} than {}, and then a node whose clock is far ahead could publish"
              + " nothing: {}",
          topic,
          BROKERS_TIME.name(),
          BROKERS_TIME.value(),
          String.valueOf(e.getCause()));
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
