package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads whole topics, from their first record to the last one that is there when the read begins,
 * and later on what has come since; it knows what of them was removed before it could be read. It
 * belongs to no consumer group and commits nothing, so nobody notices it. Blocks; for one thread at
 * a time.
 */
public final class StreamScan implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int FETCH_WAIT_MS = 50;
  private static final int FETCH_BYTES = 4 * 1024 * 1024;

  /**
   * Takes one record after the other; those of one partition in their order, and those of one key
   * only where they lie in one topic.
   */
  public interface Visitor {
    /**
     * {@code place} is {@code partition@offset}, with {@code topic/} before it but in the first.
     */
    void record(String place, StreamRecord record);
  }

  private final KafkaSettings settings;
  private final Duration patience;
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<String> topics;
  private List<TopicPartition> partitions;
  private KeptRecords kept;

  /** Where reading goes on, and where the topic began when it was last read. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  private final Map<TopicPartition, Long> first = new HashMap<>();

  private StreamScan(
      KafkaSettings settings,
      Duration patience,
      KafkaConsumer<String, byte[]> consumer,
      List<String> topics,
      List<TopicPartition> partitions) {
    this.settings = settings;
    this.patience = patience;
    this.consumer = consumer;
    this.topics = topics;
    this.partitions = partitions;
    this.kept = new KeptRecords(partitions);
  }

  /**
   * Connects to the topics of changes, those of large conversations included.
   *
   * @throws StreamAwayException when no broker answers within {@code patience}, or the topic is not
   *     there
   */
  public static StreamScan open(KafkaSettings settings, Duration patience) {
    return open(settings, List.of(settings.changesTopic(), settings.largeTopic()), patience);
  }

  /** Connects to any topic; see {@link #open(KafkaSettings, Duration)}. */
  public static StreamScan open(KafkaSettings settings, String topic, Duration patience) {
    return open(settings, List.of(topic), patience);
  }

  private static StreamScan open(KafkaSettings settings, List<String> topics, Duration patience) {
    KafkaConsumer<String, byte[]> consumer = consumer(settings, patience);
    try {
      List<TopicPartition> partitions =
          partitions(settings, topics, topic -> consumer.partitionsFor(topic, patience));
      consumer.assign(partitions);
      return new StreamScan(settings, patience, consumer, topics, partitions);
    } catch (AuthenticationException refused) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw new StreamAwayException(
          "Kafka " + settings.bootstrap() + " cannot be used: " + Topics.inWords(refused));
    } catch (KafkaException away) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw new StreamAwayException("Kafka " + settings.bootstrap() + " does not answer");
    } catch (StreamAwayException absent) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw absent;
    }
  }

  private static KafkaConsumer<String, byte[]> consumer(KafkaSettings settings, Duration patience) {
    try {
      return new KafkaConsumer<>(
          properties(settings, patience), new StringDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException unusable) {
      throw new StreamAwayException(
          "Kafka " + settings.bootstrap() + " cannot be used: " + Topics.inWords(unusable));
    }
  }

  /** The first topic must be there; a cluster of an older version may lack the others. */
  private static List<TopicPartition> partitions(
      KafkaSettings settings, List<String> topics, Function<String, List<PartitionInfo>> lookUp) {
    List<TopicPartition> found = new ArrayList<>();
    for (String topic : topics) {
      List<PartitionInfo> there = lookUp.apply(topic);
      if (there != null) {
        there.forEach(one -> found.add(new TopicPartition(one.topic(), one.partition())));
      }
      if (found.isEmpty()) {
        throw new StreamAwayException("Kafka " + settings.bootstrap() + " has no topic " + topic);
      }
    }
    return found;
  }

  private static Map<String, Object> properties(KafkaSettings settings, Duration patience) {
    Map<String, Object> properties = new HashMap<>(settings.connection());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    // One fetch is under way at a time: one that waits at the topic's end would hold up the next.
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
    return properties;
  }

  /** How many records there are now. */
  public long records() {
    return away(
        () -> {
          Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
          Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
          return partitions.stream().mapToLong(at -> end.get(at) - first.get(at)).sum();
        });
  }

  /**
   * All changes of a conversation that came to the stream from this time on are in it, in
   * milliseconds since the epoch; {@code Long.MIN_VALUE}: all, {@code Long.MAX_VALUE}: that is
   * known of none. What was read last says it, and counts what was removed before the read got
   * there; before that, it is as {@link #lookBack} found it.
   *
   * @param large of the changes that went to the topic of large conversations
   */
  public long keptSince(String conversation, boolean large) {
    return kept.since(large ? settings.largeTopic() : settings.changesTopic(), conversation);
  }

  /** Looks where the partitions begin, for {@link #keptSince}; reads nothing. */
  public void lookBack() {
    away(
        () -> {
          kept = new KeptRecords(partitions);
          Map<TopicPartition, OffsetAndTimestamp> oldest =
              consumer.offsetsForTimes(
                  partitions.stream().collect(Collectors.toMap(at -> at, at -> 0L)));
          consumer
              .beginningOffsets(partitions)
              .forEach(
                  (at, begin) -> {
                    OffsetAndTimestamp there = oldest.get(at);
                    kept.begins(at, begin, there == null ? KeptRecords.NONE : there.timestamp());
                  });
          return null;
        });
  }

  /**
   * Shows every record that is there now, and none that comes later.
   *
   * @throws StreamAwayException when the brokers stop answering for {@code patience}
   */
  public void read(Visitor visitor) {
    next.clear();
    away(
        () -> {
          Map<String, List<PartitionInfo>> now = consumer.listTopics(patience);
          partitions = partitions(settings, topics, now::get);
          consumer.assign(partitions);
          return null;
        });
    kept = new KeptRecords(partitions);
    readOn(visitor);
  }

  /** The same without what has been shown before. */
  public void readOn(Visitor visitor) {
    away(
        () -> {
          Map<TopicPartition, Long> ends = new LinkedHashMap<>(consumer.endOffsets(partitions));
          first.putAll(consumer.beginningOffsets(partitions));
          first.forEach(
              (at, begin) -> consumer.seek(at, Math.max(begin, next.getOrDefault(at, 0L))));
          long movedAt = System.nanoTime();
          while (!done(ends)) {
            ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
              movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > patience.toNanos()) {
              throw new StreamAwayException("Kafka " + settings.bootstrap() + " stopped answering");
            }
            for (ConsumerRecord<String, byte[]> record : records) {
              if (record.offset() < ends.get(partitionOf(record))) {
                kept.read(record);
                visitor.record(placeOf(record), toStreamRecord(record));
                next.put(partitionOf(record), record.offset() + 1);
              }
            }
          }
          ends.forEach(kept::readTo);
          return null;
        });
  }

  /** Whether the record that was shown at this place had been removed when it was last read on. */
  public boolean isGone(String place) {
    return offsetOf(place) < first.getOrDefault(partitionOf(place), 0L);
  }

  /** The record at a place that was shown; empty where Kafka has removed it since. */
  public Optional<StreamRecord> at(String place) {
    return away(
        () -> {
          List<TopicPartition> one = List.of(partitionOf(place));
          consumer.pause(partitions);
          consumer.resume(one);
          consumer.seek(one.get(0), offsetOf(place));
          long began = System.nanoTime();
          List<ConsumerRecord<String, byte[]>> found = List.of();
          while (found.isEmpty() && System.nanoTime() - began < patience.toNanos()) {
            found = consumer.poll(POLL).records(one.get(0));
          }
          consumer.resume(partitions);
          return found.stream()
              .filter(record -> record.offset() == offsetOf(place))
              .findFirst()
              .map(StreamScan::toStreamRecord);
        });
  }

  private String placeOf(ConsumerRecord<?, ?> record) {
    String place = record.partition() + "@" + record.offset();
    return record.topic().equals(firstTopic()) ? place : record.topic() + "/" + place;
  }

  private TopicPartition partitionOf(String place) {
    int slash = place.indexOf('/');
    int number = Integer.parseInt(place.substring(slash + 1, place.indexOf('@')));
    return new TopicPartition(slash < 0 ? firstTopic() : place.substring(0, slash), number);
  }

  private String firstTopic() {
    return partitions.get(0).topic();
  }

  private static long offsetOf(String place) {
    return Long.parseLong(place.substring(place.indexOf('@') + 1));
  }

  private boolean done(Map<TopicPartition, Long> ends) {
    ends.forEach(
        (partition, end) -> {
          if (consumer.position(partition) >= end && !consumer.paused().contains(partition)) {
            consumer.pause(List.of(partition)); // what comes later is not for us
          }
        });
    boolean all = consumer.paused().size() == partitions.size();
    if (all) {
      consumer.resume(partitions);
    }
    return all;
  }

  private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private static StreamRecord toStreamRecord(ConsumerRecord<String, byte[]> record) {
    Map<String, byte[]> headers = new LinkedHashMap<>(16);
    for (Header header : record.headers()) {
      headers.put(header.key(), header.value() == null ? new byte[0] : header.value());
    }
    return new StreamRecord(record.key(), record.value(), headers);
  }

  private <T> T away(Supplier<T> step) {
    try {
      return step.get();
    } catch (KafkaException failed) {
      throw new StreamAwayException(
          "Kafka " + settings.bootstrap() + " does not answer: " + failed.getMessage());
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
