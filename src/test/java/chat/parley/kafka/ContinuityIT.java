package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.event.StreamRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real broker has lost is missed by the group, and what it has not is not. */
class ContinuityIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PARTITIONS = 3;
  private static final Set<Integer> ALL = Set.of(0, 1, 2);

  private final String id = UUID.randomUUID().toString();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Memory memory = new Memory();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final List<Boolean> missedBefore = new CopyOnWriteArrayList<>();
  private final List<InOrderConsumer> opened = new ArrayList<>();
  private Vertx vertx;
  private KafkaSettings settings;
  private StreamProducer producer;
  private Admin admin;
  private GroupProgress progress;

  /** What Cassandra keeps. */
  private static final class Memory implements Continuity {
    private final AtomicReference<Known> known =
        new AtomicReference<>(new Known(null, Set.of(), false));
    private final AtomicInteger times = new AtomicInteger();

    @Override
    public Future<Known> known() {
      return Future.succeededFuture(known.get());
    }

    @Override
    public Future<Void> followed(Set<Integer> more) {
      return to(
          at -> {
            Set<Integer> all = new HashSet<>(at.partitions());
            all.addAll(more);
            return new Known(at.topicId(), all, at.missed());
          });
    }

    @Override
    public Future<Void> followed(String topicId) {
      return to(at -> new Known(topicId, at.partitions(), at.missed()));
    }

    @Override
    public Future<Void> missed() {
      times.incrementAndGet();
      return to(at -> new Known(at.topicId(), at.partitions(), true));
    }

    private void mended() {
      to(at -> new Known(at.topicId(), at.partitions(), false));
    }

    private Future<Void> to(UnaryOperator<Known> change) {
      known.updateAndGet(change);
      return Future.succeededFuture();
    }
  }

  @BeforeEach
  void begin() throws Exception {
    vertx = Vertx.vertx();
    settings = OwnTopics.of(id, PARTITIONS);
    got(Topics.ensure(vertx, settings));
    producer = StreamProducer.ofChanges(vertx, settings, meters);
    admin = Admin.create(Map.of("bootstrap.servers", settings.bootstrap()));
  }

  @AfterEach
  void end() throws Exception {
    progress.close();
    for (InOrderConsumer consumer : opened) {
      got(consumer.close());
    }
    got(producer.close(1_000));
    admin.close();
    got(vertx.close());
  }

  @Test
  void aFirstStartMissesNothingNorDoesOneAfterKafkaRemovedWhatWasHandled() throws Exception {
    watch("g");
    InOrderConsumer first = open("g");
    awaitKnown();
    await().atMost(PATIENCE).until(() -> memory.known.get().partitions().equals(ALL));
    send(0, 30);
    await().atMost(PATIENCE).until(() -> handled.size() == 30);
    got(first.close());
    removeAll();

    open("g");
    send(30, 60);

    await().atMost(PATIENCE).until(() -> handled.size() == 60);
    awaitFresh();
    assertThat(memory.known.get().missed()).isFalse();
  }

  @Test
  void whatWasRemovedWhileAllWereAwayIsMissedBeforeAnythingBehindItIsHandled() throws Exception {
    InOrderConsumer first = open("g");
    send(0, 30);
    await().atMost(PATIENCE).until(() -> handled.size() == 30);
    got(first.close());
    send(30, 60);
    removeAll();
    send(60, 90);

    open("g");
    await().atMost(PATIENCE).until(() -> handled.size() == 60);
    watch("g");

    assertThat(missedBefore.subList(30, 60)).containsOnly(true);
    await()
        .during(Duration.ofSeconds(4))
        .atMost(PATIENCE)
        .until(() -> progress.ageMs() == Long.MAX_VALUE);
    assertThat(meters.get("parley.kafka.group.missed").gauge().value()).isEqualTo(1);
    memory.mended();
    awaitKnown();
    assertThat(meters.get("parley.kafka.group.missed").gauge().value()).isZero();
  }

  @Test
  void aNewGroupMissesWhatIsGoneAndIsKnownAfterwardsThoughNothingIsLeft() throws Exception {
    send(0, 30);
    removeAll();
    watch("g");

    open("g");

    await().atMost(PATIENCE).until(() -> memory.known.get().missed());
    await().atMost(PATIENCE).until(() -> memory.known.get().partitions().equals(ALL));
    assertThat(progress.ageMs()).isEqualTo(Long.MAX_VALUE);
    memory.mended();
    awaitKnown();
  }

  /** As when it is renamed, or Kafka is lost with all its commits. */
  @Test
  void aGroupWithoutCommitsMissesWhatAnEarlierOneHad() throws Exception {
    InOrderConsumer first = open("g");
    await().atMost(PATIENCE).until(() -> memory.known.get().partitions().equals(ALL));
    got(first.close());
    watch("renamed");

    open("renamed");

    await().atMost(PATIENCE).until(() -> memory.known.get().missed());
  }

  /** Lost and filled again further than it was handled, so that no offset tells. */
  @Test
  void anotherTopicOfTheSameNameIsMissedByThoseWhoWatch() throws Exception {
    watch("g");
    InOrderConsumer first = open("g");
    awaitKnown();
    got(first.close());
    admin.deleteTopics(List.of(settings.changesTopic())).all().get();
    await().atMost(PATIENCE).ignoreExceptions().until(this::isMadeAgain);
    assertThat(memory.known.get().topicId()).isNotNull();

    await().atMost(PATIENCE).until(() -> memory.known.get().missed());
    await().atMost(PATIENCE).until(() -> progress.ageMs() == Long.MAX_VALUE);

    // A rebuild may be under way that ends the first gap only.
    assertThat(memory.times).hasValue(1);
    admin.deleteTopics(List.of(settings.changesTopic())).all().get();
    await().atMost(PATIENCE).ignoreExceptions().until(this::isMadeAgain);
    await().atMost(PATIENCE).until(() -> memory.times.get() == 2);
  }

  private boolean isMadeAgain() throws Exception {
    got(Topics.ensure(vertx, settings));
    return admin.listTopics().names().get().contains(settings.changesTopic());
  }

  private void awaitKnown() {
    await().atMost(PATIENCE).until(() -> progress.ageMs() < Long.MAX_VALUE);
  }

  private void awaitFresh() {
    await().atMost(PATIENCE).until(() -> progress.ageMs() < 3_000);
  }

  private void removeAll() throws Exception {
    RecordsToDelete all = RecordsToDelete.beforeOffset(-1);
    admin
        .deleteRecords(
            IntStream.range(0, PARTITIONS)
                .mapToObj(number -> new TopicPartition(settings.changesTopic(), number))
                .collect(Collectors.toMap(partition -> partition, any -> all)))
        .all()
        .get();
  }

  private void watch(String group) {
    progress = GroupProgress.watch(settings, group + id, memory, meters);
  }

  private InOrderConsumer open(String group) throws Exception {
    InOrderConsumer consumer =
        new InOrderConsumer(
            vertx,
            settings,
            new ConsumerGroup(group + id, "node-1", Optional.of(memory)),
            records -> {
              for (StreamRecord record : records) {
                missedBefore.add(memory.known.get().missed());
                handled.add(record.key());
              }
              return Future.succeededFuture();
            },
            Clock.systemUTC(),
            meters);
    opened.add(consumer);
    got(consumer.start());
    return consumer;
  }

  private void send(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      byte[] value = ("v" + i).getBytes(StandardCharsets.UTF_8);
      got(producer.send(new StreamRecord("k" + i, value, Map.of())));
    }
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
