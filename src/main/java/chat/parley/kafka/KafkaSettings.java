package chat.parley.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Where the event stream is and how to speak to it.
 *
 * @param bootstrapServers {@code host:port} each
 * @param access how to get in there
 * @param changesTopic all changes of all conversations, keyed by conversation
 * @param deadLettersTopic records that could not be handled, with their cause
 * @param partitions of a topic that Parley makes; an existing topic keeps its own
 * @param replicationFactor of a topic that Parley makes
 * @param lingerMs how long the producer waits for company: the cost is per request, not per record
 * @param deliveryTimeoutMs after that an unacked record fails, but for changes on their way from
 *     the log, which none may overtake; whether it is in the stream is then unknown
 * @param bufferBytes unsent and unacked bytes at most; past that a send fails at once
 * @param compression {@code none} or {@code lz4}
 * @param sessionTimeoutMs after that a silent consumer's partitions go to others
 * @param maxBatch records handed to a handler at once, at most
 * @param maxAttempts how often a record that cannot be handled is tried before it is buried
 * @param deadLettersDays how long a letter is kept in a topic that Parley makes
 * @param commitIntervalMs how far a committed offset may lag behind what is handled: after a crash
 *     that much comes again
 */
public record KafkaSettings(
    List<String> bootstrapServers,
    KafkaAccess access,
    String changesTopic,
    String deadLettersTopic,
    int partitions,
    int replicationFactor,
    int lingerMs,
    int deliveryTimeoutMs,
    long bufferBytes,
    String compression,
    int sessionTimeoutMs,
    int maxBatch,
    int maxAttempts,
    int deadLettersDays,
    long commitIntervalMs) {
  private static final int JOURNAL_DELIVERY_MS = 10_000;

  public KafkaSettings {
    bootstrapServers = List.copyOf(bootstrapServers);
  }

  /** One broker on this machine. */
  public static KafkaSettings defaults() {
    return new KafkaSettings(
        List.of("127.0.0.1:9092"),
        KafkaAccess.OPEN,
        "parley.changes",
        "parley.dead-letters",
        8,
        1,
        5,
        30_000,
        16L * 1024 * 1024,
        "none",
        10_000,
        500,
        5,
        30,
        500);
  }

  /** These settings with other brokers. */
  public KafkaSettings withBootstrapServers(List<String> servers) {
    return with(servers, changesTopic, deadLettersTopic, lingerMs, deliveryTimeoutMs);
  }

  /** These settings with other topics. */
  public KafkaSettings withTopics(String changes, String deadLetters) {
    return with(bootstrapServers, changes, deadLetters, lingerMs, deliveryTimeoutMs);
  }

  /** The changes of large conversations: the same records in a topic of their own. */
  public String largeTopic() {
    return changesTopic + ".large";
  }

  /**
   * These settings for whoever writes or reads the changes of large conversations: their topic is
   * the changes topic, and at most {@code batch} records are handed to a handler at once.
   */
  public KafkaSettings forLarge(int batch) {
    return new KafkaSettings(
        bootstrapServers,
        access,
        largeTopic(),
        deadLettersTopic,
        partitions,
        replicationFactor,
        lingerMs,
        deliveryTimeoutMs,
        bufferBytes,
        compression,
        sessionTimeoutMs,
        batch,
        maxAttempts,
        deadLettersDays,
        commitIntervalMs);
  }

  /** The same for a producer. */
  public KafkaSettings forLarge() {
    return forLarge(maxBatch);
  }

  /** Where groups of changes wait until the history store has them. */
  public String journalTopic() {
    return changesTopic + ".journal";
  }

  /**
   * For the journal: a record that waits for company holds an ack up, and one that comes after the
   * history store's answer is of no use.
   */
  KafkaSettings forJournal() {
    int deliveryMs = Math.min(JOURNAL_DELIVERY_MS, deliveryTimeoutMs);
    return with(bootstrapServers, changesTopic, deadLettersTopic, 0, deliveryMs);
  }

  private KafkaSettings with(
      List<String> servers, String changes, String deadLetters, int linger, int deliveryMs) {
    return new KafkaSettings(
        servers,
        access,
        changes,
        deadLetters,
        partitions,
        replicationFactor,
        linger,
        deliveryMs,
        bufferBytes,
        compression,
        sessionTimeoutMs,
        maxBatch,
        maxAttempts,
        deadLettersDays,
        commitIntervalMs);
  }

  String bootstrap() {
    return String.join(",", bootstrapServers);
  }

  /** What a client that asks and alters is told. Reads files. */
  Map<String, Object> administration(int requestMs, int deadlineMs) {
    Map<String, Object> properties = new HashMap<>(connection());
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, requestMs);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, deadlineMs);
    return properties;
  }

  /** What every client is told. Reads files. */
  Map<String, String> connection() {
    Map<String, String> properties = access.properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
    return properties;
  }
}
