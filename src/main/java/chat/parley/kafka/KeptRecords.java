package chat.parley.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;

/**
 * How far back the partitions of some topics are whole, as the numbers of the records that one read
 * met tell it: where numbers are missing, at the start or later, records were removed, and whole is
 * what comes after. A topic whose records do not all lie where their keys put them was given more
 * partitions once; each of its keys is then as whole as the worst of the partitions.
 */
final class KeptRecords {
  /** Of a partition that lacks nothing. */
  static final long ALL = Long.MIN_VALUE;

  /** Of a partition of which nothing is known to be there. */
  static final long NONE = Long.MAX_VALUE;

  private final Map<String, List<TopicPartition>> byTopic = new HashMap<>();
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Map<TopicPartition, Long> since = new HashMap<>();
  private final Set<String> moved = new HashSet<>();

  KeptRecords(Collection<TopicPartition> partitions) {
    for (TopicPartition at : partitions) {
      byTopic.computeIfAbsent(at.topic(), any -> new ArrayList<>()).add(at);
    }
  }

  /** A record was read; those of a partition in their order. */
  void read(ConsumerRecord<String, ?> record) {
    TopicPartition at = new TopicPartition(record.topic(), record.partition());
    if (record.offset() > next.getOrDefault(at, 0L)) {
      since.put(at, record.timestamp());
    }
    next.put(at, record.offset() + 1);
    if (record.key() != null && partitionOf(record.topic(), record.key()) != record.partition()) {
      moved.add(record.topic());
    }
  }

  /** Every record of the partition that is still there and before {@code end} was read. */
  void readTo(TopicPartition at, long end) {
    if (next.getOrDefault(at, 0L) < end) {
      since.put(at, NONE);
    }
  }

  /**
   * Where a partition begins of which nothing was read yet.
   *
   * @param time of its first record; {@link #NONE} where there is none
   */
  void begins(TopicPartition at, long offset, long time) {
    if (offset > 0) {
      since.put(at, time);
    }
  }

  /**
   * All records of the key that came to the topic from this time on, in milliseconds since the
   * epoch, are there; {@link #ALL} and {@link #NONE} are times as well. A topic that is not there
   * has lost nothing.
   */
  long since(String topic, String key) {
    if (!byTopic.containsKey(topic)) {
      return ALL;
    }
    return moved.contains(topic)
        ? byTopic.get(topic).stream().mapToLong(this::since).max().orElse(ALL)
        : since(new TopicPartition(topic, partitionOf(topic, key)));
  }

  private long since(TopicPartition at) {
    return since.getOrDefault(at, ALL);
  }

  /** As producers reckon it. */
  private int partitionOf(String topic, String key) {
    return BuiltInPartitioner.partitionForKey(
        key.getBytes(StandardCharsets.UTF_8), byTopic.get(topic).size());
  }
}
