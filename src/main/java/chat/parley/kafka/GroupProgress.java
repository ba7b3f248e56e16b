package chat.parley.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
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
 *
 * <p>What was removed from the stream has not been handled though the offsets have passed it. A
 * consumer says so to the {@link Continuity} before it commits beyond it, so that is asked after
 * the commits; what consumers cannot see is seen here: another topic of the same name, and ends
 * that go back. As long as something is missed nothing is known.
 */
public final class GroupProgress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupProgress.class);
  private static final long EVERY_MS = 1_000;
  private static final long ANSWER_MS = 5_000;
  private static final double MS_PER_SECOND = 1000.0;

  /** The ends of the partitions at a moment, in {@code System.nanoTime}. */
  private record Goal(long takenAt, String topicId, Map<TopicPartition, Long> ends) {
    /** Whether each partition has a commit that has passed its end. */
    private boolean isReached(Map<TopicPartition, Long> committed) {
      return ends.entrySet().stream()
          .allMatch(end -> committed.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }

    /** Whether something that was there, or had been handled, is not in the stream now. */
    private boolean isBehind(Map<TopicPartition, Long> offsets) {
      return ends.entrySet().stream()
          .anyMatch(end -> offsets.getOrDefault(end.getKey(), 0L) > end.getValue());
    }
  }

  private final KafkaSettings settings;
  private final String group;
  private final Continuity continuity;
  private final Thread thread;
  private volatile boolean known;
  private volatile boolean missed;
  private volatile long handledAt;
  private Goal goal;
  private Goal last;

  private GroupProgress(KafkaSettings settings, String group, Continuity continuity) {
    this.settings = settings;
    this.group = group;
    this.continuity = continuity;
    this.thread = new Thread(this::run, "parley-progress-" + group);
  }

  /** Begins to watch, on a thread of its own, until it is closed. */
  public static GroupProgress watch(
      KafkaSettings settings, String group, Continuity continuity, MeterRegistry meters) {
    GroupProgress progress = new GroupProgress(settings, group, continuity);
    Gauge.builder(
            "parley.kafka.group.age.seconds",
            progress,
            watched -> watched.known ? watched.ageMs() / MS_PER_SECOND : -1)
        .description("What was in the stream so long ago the group has handled; -1: not known")
        .tag("group", group)
        .register(meters);
    Gauge.builder("parley.kafka.group.missed", progress, watched -> watched.missed ? 1 : 0)
        .description("1: something was removed from the stream before the group had handled it")
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
    Map<String, Object> properties = settings.administration((int) ANSWER_MS, (int) ANSWER_MS);
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
      Map<TopicPartition, Long> committed = committed(admin);
      Goal now = take(admin);
      missed = isMissed(now, committed);
      last = now;
      if (missed) {
        known = false;
        goal = null;
        return;
      }
      if (goal != null && goal.isReached(committed)) {
        handledAt = goal.takenAt();
        known = true;
        goal = null;
      }
      if (goal == null) {
        goal = now;
      }
    } catch (ExecutionException | TimeoutException away) {
      LOG.atDebug().setCause(away).log("the stream does not answer");
    }
  }

  /**
   * Asked after the commits, since who commits beyond what is missed has said so before; and after
   * the ends, since nothing is committed beyond them.
   */
  private boolean isMissed(Goal now, Map<TopicPartition, Long> committed)
      throws InterruptedException, ExecutionException, TimeoutException {
    Continuity.Known before = Waiting.await(continuity.known());
    boolean isOther = before.topicId() != null && !before.topicId().equals(now.topicId());
    boolean isLost =
        last != null && now.isBehind(last.ends())
            // It stays so until a consumer goes on, and is one loss.
            || !before.missed() && now.isBehind(committed);
    if (isOther || isLost) {
      known = false; // even if that cannot be written now
      LOG.atWarn()
          .addKeyValue("group", group)
          .addKeyValue("topic", settings.changesTopic())
          .log("the stream is another one, or shorter, than it was: records are missing");
      Waiting.await(continuity.missed());
    }
    if (before.topicId() == null || isOther) {
      Waiting.await(continuity.followed(now.topicId()));
    }
    return before.missed() || isOther || isLost;
  }

  private Goal take(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
    long now = System.nanoTime();
    TopicDescription topic =
        admin
            .describeTopics(List.of(settings.changesTopic()))
            .allTopicNames()
            .get(ANSWER_MS, TimeUnit.MILLISECONDS)
            .get(settings.changesTopic());
    List<TopicPartition> partitions =
        topic.partitions().stream()
            .map(one -> new TopicPartition(settings.changesTopic(), one.partition()))
            .toList();
    return new Goal(
        now,
        topic.topicId().toString(),
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

  private Map<TopicPartition, Long> committed(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> committed = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get(ANSWER_MS, TimeUnit.MILLISECONDS)
        .forEach(
            (partition, at) -> {
              if (at != null) {
                committed.put(partition, at.offset());
              }
            });
    return committed;
  }

  private static void sleep() {
    try {
      Thread.sleep(EVERY_MS);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
