package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a consumer says of itself while it cannot read on, and afterwards. */
class PollLoopTest {
  private static final String GROUP = "g";
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private static final KafkaException CORRUPT = new KafkaException("this batch is corrupt");
  private static final long IN_THE_STREAM = 7;
  private static final long AGAIN_AFTER_MS = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Long> handled = new CopyOnWriteArrayList<>();
  private final PollLoop loop =
      new PollLoop(
          KafkaSettings.defaults(),
          new PollLoop.Source(PARTITION.topic(), new ConsumerGroup(GROUP, "node-1"), 100),
          new ConsumerMeters(meters, GROUP, Clock.systemUTC()),
          new Backoff(AGAIN_AFTER_MS, AGAIN_AFTER_MS, () -> 1),
          Client::new);

  /** Thrown by whoever polls, as long as it is there. */
  private volatile KafkaException fault;

  private Thread thread;

  /** A client that has joined its group with the third poll; then it may fail. */
  private final class Client extends MockConsumer<String, byte[]> {
    private static final int JOINED_BY = 3;

    private int polls;

    Client() {
      super("earliest");
      updateBeginningOffsets(Map.of(PARTITION, 0L));
      updateEndOffsets(Map.of(PARTITION, IN_THE_STREAM));
    }

    @Override
    public synchronized ConsumerRecords<String, byte[]> poll(Duration atMost) {
      LockSupport.parkNanos(atMost.toNanos()); // it comes back at once by itself
      if (++polls == JOINED_BY) {
        rebalance(List.of(PARTITION));
        addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, 0, "k", new byte[] {1}));
      }
      if (polls >= JOINED_BY && fault != null) {
        setPollException(fault);
      }
      return super.poll(atMost);
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    loop.stop();
    thread.join(PATIENCE.toMillis());
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void whileItCannotReadOnItsLagIsNotKnownAndThenItIsRightAgain() {
    start(Future.succeededFuture());
    assertThat(lag()).as("before it has its partitions").isEqualTo(-1);
    soon().until(() -> lag() == IN_THE_STREAM - 1);
    assertThat(failures()).isZero();

    fault = CORRUPT;
    soon().until(() -> failures() >= 1);
    soon().during(Duration.ofSeconds(3)).until(() -> lag() == -1 && age() == -1);
    assertThat(failures()).as("it tries again").isGreaterThan(2);

    fault = null;
    soon().until(() -> lag() == IN_THE_STREAM - 1 && age() == 0);
    assertThat(handled).as("nothing is skipped").hasSize(2).containsOnly(0L);
  }

  @Test
  void whatWasUnderWayWhenItFailedIsNotSaidToBeDone() {
    Promise<Void> slow = Promise.promise();
    start(slow.future());
    soon().until(() -> age() > 0);

    fault = CORRUPT;
    soon().until(() -> failures() == 1);
    assertThat(age()).as("it is being handled still").isPositive();
    slow.complete();
    soon().during(Duration.ofSeconds(1)).until(() -> age() == -1);

    fault = null;
    soon().until(() -> handled.size() == 2 && age() == 0);
    assertThat(handled).containsOnly(0L);
  }

  private void start(Future<Void> answer) {
    thread =
        new Thread(
            () ->
                loop.run(
                    batch -> {
                      batch.owned().forEach(entry -> handled.add(entry.offset()));
                      return answer;
                    },
                    Promise.promise()),
            "poll-loop-test");
    thread.start();
  }

  private static ConditionFactory soon() {
    return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20));
  }

  private double lag() {
    return meters.get("parley.kafka.consumer.lag").tag("group", GROUP).gauge().value();
  }

  private double age() {
    return meters.get("parley.kafka.oldest.age.seconds").tag("group", GROUP).gauge().value();
  }

  private double failures() {
    return meters.get("parley.kafka.consumer.failures").tag("group", GROUP).counter().count();
  }
}
