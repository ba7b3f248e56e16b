package chat.parley.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far each partition has been handled, and how much of that the broker knows. A commit may lag,
 * never lead, and costs as much as a record: so it is made every so often, not for each batch.
 */
final class Offsets {
  private static final Logger LOG = LoggerFactory.getLogger(Offsets.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final long intervalMs;
  private final Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private long committedAt = System.nanoTime();
  private boolean failing;

  Offsets(long intervalMs) {
    this.intervalMs = intervalMs;
  }

  /** This batch has been handled. */
  void add(Batch batch) {
    batch.addPositions(done);
  }

  /** This partition has no record before this one that is not handled, or to be had. */
  void begin(TopicPartition partition, long offset) {
    done.put(partition, new OffsetAndMetadata(offset));
    committed.remove(partition);
  }

  /** These partitions are another consumer's now. */
  void forget(Collection<TopicPartition> partitions) {
    done.keySet().removeAll(partitions);
    committed.keySet().removeAll(partitions);
  }

  void clear() {
    done.clear();
    committed.clear();
  }

  /** Commits in the background what is new, where the last commit is long enough ago. */
  void commitWhenDue(Consumer<?, ?> consumer) {
    if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - committedAt) < intervalMs) {
      return;
    }
    committedAt = System.nanoTime();
    Map<TopicPartition, OffsetAndMetadata> news = uncommitted();
    if (news.isEmpty()) {
      return;
    }
    consumer.commitAsync(
        news,
        (offsets, failure) -> {
          boolean isNews = !failing;
          failing = failure != null;
          if (!failing) {
            // What has been forgotten meanwhile is another consumer's, who may be elsewhere by now.
            offsets.keySet().stream()
                .filter(done::containsKey)
                .forEach(mine -> committed.put(mine, offsets.get(mine)));
          } else if (isNews) { // While the brokers are away it fails at every turn.
            LOG.info("offsets not committed now, will be again: {}", failure.toString());
          }
        });
  }

  /** Commits what is new of these partitions and waits for it, a little. */
  void commitNow(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> news = uncommitted();
    news.keySet().retainAll(partitions);
    if (news.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(news, PATIENCE);
      committed.putAll(news);
    } catch (KafkaException e) {
      LOG.info("offsets not committed, their records come again: {}", e.toString());
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> uncommitted() {
    Map<TopicPartition, OffsetAndMetadata> news = new HashMap<>(done);
    news.entrySet().removeAll(committed.entrySet());
    return news;
  }
}
