package chat.parley.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches from outside how far a consumer group has come with the changes topic: everything that
 * was in the stream at some moment has been handled. It takes the ends of all partitions at a
 * moment and waits until the group's committed offsets have passed them; an offset is committed
 * only after its record is handled. No clock but this process's own monotonic one is used, and
 * nothing is asked of the consumers, which may be dead: the age then only grows.
 */
public final class GroupProgress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupProgress.class);
  private static final long EVERY_MS = 1_000;
  private static final long ANSWER_MS = 5_000;
  private static final double MS_PER_SECOND = 1000.0;

  /** The ends of the partitions at a moment, in {@code System.nanoTime}. */
  private record Goal(long takenAt, Map<TopicPartition, Long> ends) {}

  private final KafkaSettings settings;
  private final String group;
  private final Thread thread;
  private volatile boolean known;
  private volatile long handledAt;
  private Goal goal;

  private GroupProgress(KafkaSettings settings, String group) {
    this.settings = settings;
    this.group = group;
    this.thread = new Thread(this::run, "parley-progress-" + group);
  }

  /** Begins to watch, on a thread of its own, until it is closed. */
  public static GroupProgress watch(KafkaSettings settings, String group, MeterRegistry meters) {
    GroupProgress progress = new GroupProgress(settings, group);
    Gauge.builder(
            "parley.kafka.group.age.seconds",
            progress,
            watched -> watched.known ? watched.ageMs() / MS_PER_SECOND : -1)
        .description("What was in the stream so long ago the group has handled; -1: not known")
        .tag("group", group)
        .register(meters);
    progress.thread.setDaemon(true);
    progress.thread.start();
    return progress;
  }

  /**
   * The group has handled all that was in the stream so many milliseconds ago; {@code
   * Long.MAX_VALUE} where that is not known.
   */
  public long ageMs() {
    return known ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - handledAt) : Long.MAX_VALUE;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    Map<String, Object> properties =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            settings.bootstrap(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            (int) ANSWER_MS,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) ANSWER_MS);
    while (!Thread.currentThread().isInterrupted()) {
      try (Admin admin = Admin.create(properties)) {
        while (true) {
          look(admin);
          Thread.sleep(EVERY_MS);
        }
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      } catch (KafkaException unusable) {
        LOG.atDebug().setCause(unusable).log("the stream cannot be asked");
        sleep();
      }
    }
  }

  private void look(Admin admin) throws InterruptedException {
    try {
      if (goal != null && isReached(admin)) {
        handledAt = goal.takenAt();
        known = true;
        goal = null;
      }
      if (goal == null) {
        goal = take(admin);
      }
    } catch (ExecutionException | TimeoutException away) {
      LOG.atDebug().setCause(away).log("the stream does not answer");
    }
  }

  private Goal take(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
    long now = System.nanoTime();
    List<TopicPartition> partitions =
        admin
            .describeTopics(List.of(settings.changesTopic()))
            .allTopicNames()
            .get(ANSWER_MS, TimeUnit.MILLISECONDS)
            .get(settings.changesTopic())
            .partitions()
            .stream()
            .map(one -> new TopicPartition(settings.changesTopic(), one.partition()))
            .toList();
    return new Goal(
        now,
        admin
            .listOffsets(
                partitions.stream()
                    .collect(Collectors.toMap(one -> one, one -> OffsetSpec.latest())))
            .all()
            .get(ANSWER_MS, TimeUnit.MILLISECONDS)
            .entrySet()
            .stream()
            .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset())));
  }

  private boolean isReached(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(ANSWER_MS, TimeUnit.MILLISECONDS);
    return goal.ends().entrySet().stream()
        .allMatch(
            end -> {
              OffsetAndMetadata at = committed.get(end.getKey());
              return end.getValue() == 0 || at != null && at.offset() >= end.getValue();
            });
  }

  private static void sleep() {
    try {
      Thread.sleep(EVERY_MS);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
