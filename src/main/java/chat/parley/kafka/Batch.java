package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What one poll brought, while it is being handled. The consumer's thread takes partitions away
 * when they move to another consumer; the handler's thread looks before each attempt.
 */
final class Batch {
  /** One record and where it came from; {@code timestamp} in milliseconds since the epoch. */
  record Entry(TopicPartition partition, long offset, long timestamp, StreamRecord record) {}

  private final List<Entry> entries;
  private final Set<TopicPartition> lost;

  Batch(List<Entry> entries) {
    this(entries, ConcurrentHashMap.newKeySet());
  }

  private Batch(List<Entry> entries, Set<TopicPartition> lost) {
    this.entries = entries;
    this.lost = lost;
  }

  /** What is left for this consumer to do. */
  List<Entry> owned() {
    return lost.isEmpty()
        ? entries
        : entries.stream().filter(entry -> !lost.contains(entry.partition())).toList();
  }

  /**
   * The same records in two parts, the first ones first; partitions that this batch loses they lose
   * too. For two records or more.
   */
  List<Batch> halves() {
    int middle = entries.size() / 2;
    return List.of(
        new Batch(entries.subList(0, middle), lost),
        new Batch(entries.subList(middle, entries.size()), lost));
  }

  int size() {
    return entries.size();
  }

  void lose(Collection<TopicPartition> partitions) {
    lost.addAll(partitions);
  }

  /** Adds where each partition goes on once all of this is handled. */
  void addPositions(Map<TopicPartition, OffsetAndMetadata> positions) {
    for (Entry entry : owned()) {
      positions.put(entry.partition(), new OffsetAndMetadata(entry.offset() + 1));
    }
  }

  long oldestTimestamp() {
    long oldest = Long.MAX_VALUE;
    for (Entry entry : entries) {
      oldest = Math.min(oldest, entry.timestamp());
    }
    return oldest;
  }

  static List<StreamRecord> records(List<Entry> entries) {
    List<StreamRecord> records = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      records.add(entry.record());
    }
    return records;
  }
}
