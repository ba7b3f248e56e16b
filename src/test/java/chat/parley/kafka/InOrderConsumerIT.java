package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.event.StreamRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Producer and consumer against a real broker. */
class InOrderConsumerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String id = UUID.randomUUID().toString();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final List<InOrderConsumer> opened = new ArrayList<>();
  private Vertx vertx;
  private KafkaSettings settings;
  private StreamProducer producer;

  @BeforeEach
  void begin() throws Exception {
    vertx = Vertx.vertx();
    settings = OwnTopics.of(id, 4);
    got(Topics.ensure(vertx, settings));
    producer = StreamProducer.ofChanges(vertx, settings, meters);
  }

  @AfterEach
  void end() throws Exception {
    for (InOrderConsumer consumer : opened) {
      got(consumer.close());
    }
    got(producer.close(1_000));
    got(vertx.close());
  }

  @Test
  void topicsAreMadeOnlyOnce() throws Exception {
    got(Topics.ensure(vertx, settings));
  }

  @Test
  void recordsOfAKeyArriveInOrderWithTheirHeaders() throws Exception {
    List<String> headers = new CopyOnWriteArrayList<>();
    open(
        settings,
        records -> {
          records.forEach(record -> headers.add(text(record.headers().get("h"))));
          return take(records);
        });
    sendAll("a", 0, 300);
    sendAll("b", 0, 300);

    await().atMost(PATIENCE).until(() -> handled.size() == 600);
    assertThat(ofKey("a")).isEqualTo(numbered("a", 0, 300));
    assertThat(ofKey("b")).isEqualTo(numbered("b", 0, 300));
    assertThat(headers).hasSize(600).containsOnly("yes");
    assertThat(
            meters.counter("parley.kafka.records.sent", "topic", settings.changesTopic()).count())
        .isEqualTo(600);
  }

  @Test
  void theNextConsumerGoesOnWhereTheFirstHadCommitted() throws Exception {
    InOrderConsumer first = open(settings, this::take);
    sendAll("a", 0, 20);
    await().atMost(PATIENCE).until(() -> handled.size() == 20);
    got(first.close());

    open(settings, this::take);
    sendAll("a", 20, 40);

    await().atMost(PATIENCE).until(() -> handled.size() >= 40);
    assertThat(handled).isEqualTo(numbered("a", 0, 40));
  }

  @Test
  void aBatchThatTakesLongKeepsItsPlaceAndNothingOvertakesIt() throws Exception {
    Promise<Void> slow = Promise.promise();
    AtomicInteger calls = new AtomicInteger();
    open(
        settings,
        records ->
            calls.getAndIncrement() == 0
                ? slow.future().compose(done -> take(records))
                : take(records));
    sendAll("a", 0, 1);
    await().atMost(PATIENCE).until(() -> calls.get() == 1);
    sendAll("a", 1, 10);
    await("longer than Kafka waits for one that does not ask")
        .during(Duration.ofMillis(settings.sessionTimeoutMs() + 1_000L))
        .atMost(PATIENCE)
        .until(() -> calls.get() == 1);
    await("the lag of what the consumer cannot take yet")
        .atMost(PATIENCE)
        .until(() -> meters.get("parley.kafka.consumer.lag").gauge().value() == 9);
    assertThat(meters.get("parley.kafka.oldest.age.seconds").gauge().value()).isPositive();

    slow.complete();
    await().atMost(PATIENCE).until(() -> handled.size() == 10);
    assertThat(handled).isEqualTo(numbered("a", 0, 10));
  }

  @Test
  void whatIsNotDoneAtACloseComesAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    InOrderConsumer first =
        open(
            settings,
            records -> {
              calls.incrementAndGet();
              return Future.failedFuture(new TryAgainException("away", null));
            });
    sendAll("a", 0, 5);
    await().atMost(PATIENCE).until(() -> calls.get() > 0);
    got(first.close());

    open(settings, this::take);
    await().atMost(PATIENCE).until(() -> handled.size() == 5);
    assertThat(handled).isEqualTo(numbered("a", 0, 5));
  }

  @Test
  void aRecordThatCannotBeHandledGoesToTheDeadLettersAndTheRestFlowsOn() throws Exception {
    open(
        settings,
        records -> {
          if (records.stream().anyMatch(record -> text(record.value()).equals("a1"))) {
            throw new IllegalArgumentException("damaged");
          }
          return take(records);
        });
    sendAll("a", 0, 3);
    await().atMost(PATIENCE).until(() -> handled.size() == 2);
    assertThat(handled).containsExactly("a0", "a2");

    List<DeadLetter> dead = readLetters();
    assertThat(dead).hasSize(1);
    assertThat(text(dead.get(0).record().value())).isEqualTo("a1");
    assertThat(dead.get(0).record().headers()).containsOnlyKeys("h");
    assertThat(dead.get(0).fault().error()).isEqualTo(IllegalArgumentException.class.getName());
    assertThat(dead.get(0).fault().message()).isEqualTo("damaged");
    assertThat(dead.get(0).fault().attempts()).isEqualTo(settings.maxAttempts());
    assertThat(dead.get(0).fault().node()).isEqualTo("node-1");
    assertThat(dead.get(0).origin().topic()).isEqualTo(settings.changesTopic());
    assertThat(dead.get(0).origin().offset()).isEqualTo(1);
  }

  @Test
  void whatIsPutBackReachesTheGroupThatFailedAndNoOther() throws Exception {
    List<String> other = new CopyOnWriteArrayList<>();
    open(settings, this::take);
    open(
        settings,
        "bystanders",
        records -> {
          records.forEach(record -> other.add(text(record.value())));
          return Future.succeededFuture();
        });
    DeadLetter.Origin origin =
        new DeadLetter.Origin(groupOf(settings), settings.changesTopic(), 0, 0, 0);
    DeadLetter letter = new DeadLetter("l1", origin, null, record("a", "a1"), null);
    got(producer.send(record("a", "a0")));
    got(producer.send(letter.replay("ada", 1)));
    got(producer.send(record("a", "a2")));

    await().atMost(PATIENCE).until(() -> handled.size() == 3 && other.size() == 2);
    assertThat(handled).containsExactly("a0", "a1", "a2");
    assertThat(other).containsExactly("a0", "a2");
  }

  @Test
  void twoConsumersShareTheWorkAndLoseNothingWhenOneComesOrGoes() throws Exception {
    open(settings, this::take);
    sendToMany(0, 50);
    InOrderConsumer second = open(settings, this::take);
    sendToMany(50, 100);
    await().atMost(PATIENCE).until(() -> distinct() == 100);
    got(second.close());
    sendToMany(100, 150);

    await().atMost(PATIENCE).until(() -> distinct() == 150);
  }

  private long distinct() {
    return handled.stream().distinct().count();
  }

  private void sendToMany(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      got(producer.send(record("k" + i, "k" + i)));
    }
  }

  private InOrderConsumer open(
      KafkaSettings from, Function<List<StreamRecord>, Future<Void>> handler) throws Exception {
    return open(from, groupOf(from), handler);
  }

  private static String groupOf(KafkaSettings from) {
    return "group-" + from.changesTopic();
  }

  private InOrderConsumer open(
      KafkaSettings from, String group, Function<List<StreamRecord>, Future<Void>> handler)
      throws Exception {
    InOrderConsumer consumer =
        new InOrderConsumer(
            vertx, from, new ConsumerGroup(group, "node-1"), handler, Clock.systemUTC(), meters);
    opened.add(consumer);
    got(consumer.start());
    return consumer;
  }

  /** What is in the topic of letters; what has been counted is there. */
  private List<DeadLetter> readLetters() {
    List<DeadLetter> letters = new ArrayList<>();
    try (StreamScan scan = StreamScan.open(settings, settings.deadLettersTopic(), PATIENCE)) {
      scan.read((place, record) -> letters.add(DeadLetter.decode(record)));
    }
    return letters;
  }

  private Future<Void> take(List<StreamRecord> records) {
    records.forEach(record -> handled.add(text(record.value())));
    return Future.succeededFuture();
  }

  private void sendAll(String key, int from, int to) throws Exception {
    got(
        Future.all(
            numbered(key, from, to).stream()
                .map(value -> producer.send(record(key, value)))
                .toList()));
  }

  private List<String> ofKey(String key) {
    return handled.stream().filter(value -> value.startsWith(key)).toList();
  }

  private static List<String> numbered(String key, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> key + i).toList();
  }

  private static StreamRecord record(String key, String value) {
    return new StreamRecord(key, utf8(value), Map.of("h", utf8("yes")));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
