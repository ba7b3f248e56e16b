package chat.parley.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.event.StreamRecord;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.StreamProducer;
import chat.parley.kafka.StreamScan;
import chat.parley.kafka.Topics;
import chat.parley.testing.Await;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two operators at two nodes, over a real broker. */
class LetterDeskIT {
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private KafkaSettings settings;
  private StreamProducer producer;
  private LetterDesk ada;
  private LetterDesk bob;

  private final List<String> written = new CopyOnWriteArrayList<>();
  private final LetterAudit audited =
      (kind, actor, letter, outcome) -> {
        written.add(actor + " " + kind.word() + " " + letter.id() + ": " + outcome);
        return Future.succeededFuture();
      };

  @BeforeEach
  void begin() {
    String id = UUID.randomUUID().toString();
    settings =
        KafkaSettings.defaults()
            .withBootstrapServers(List.of(SharedStack.get().kafkaBootstrap()))
            .withTopics("changes-" + id, "dead-" + id);
    Await.join(Topics.ensure(vertx, settings));
    producer = StreamProducer.of(vertx, settings, settings.deadLettersTopic(), "test", meters);
    ada = new LetterDesk(vertx, settings, meters, Clock.systemUTC(), audited);
    bob = new LetterDesk(vertx, settings, meters, Clock.systemUTC(), audited);
  }

  @AfterEach
  void end() {
    Await.join(ada.close());
    Await.join(bob.close());
    Await.join(producer.close(1_000));
    Await.join(vertx.close());
  }

  @Test
  void ofTwoWhoDecideAtOnceOneDoesAndTheOtherHearsOfIt() {
    for (int i = 0; i < 10; i++) {
      put("l" + i, settings.changesTopic());
    }
    for (int i = 0; i < 10; i++) {
      Future<Letter> replayed = ada.replay("l" + i, "ada");
      Future<Letter> discarded = bob.discard("l" + i, "bob");
      Await.join(Future.join(replayed, discarded).otherwiseEmpty());

      assertThat(List.of(replayed.succeeded(), discarded.succeeded()))
          .containsExactlyInAnyOrder(true, false);
      String state = replayed.succeeded() ? "replayed by ada" : "discarded by bob";
      Throwable refusal = replayed.succeeded() ? discarded.cause() : replayed.cause();
      assertThat(refusal).hasMessageContaining("already " + state);
      for (LetterDesk desk : List.of(ada, bob)) {
        assertThat(Await.join(desk.show("l" + i)).letter().decision().orElseThrow().by())
            .isEqualTo(replayed.succeeded() ? "ada" : "bob");
      }
    }
    assertThat(ids(ada, null, 100, false)).isEmpty();
    assertThat(ids(bob, null, 100, true)).hasSize(10);
    assertThat(written).hasSize(20);
    assertThat(written).filteredOn(line -> line.endsWith(": done")).hasSize(10);
  }

  @Test
  void pagesGoOnWhereTheLastOneEndedWhateverIsDecidedMeanwhile() {
    for (int i = 0; i < 5; i++) {
      put("l" + i, settings.changesTopic());
    }
    LetterPage first = Await.join(ada.list(null, 2, false));
    Await.join(bob.discard(first.next(), "bob"));

    assertThat(first.items()).extracting(Letter::id).containsExactly("l0", "l1");
    assertThat(ids(ada, first.next(), 2, false)).containsExactly("l2", "l3");
    assertThat(Await.join(ada.list("l3", 2, false)).next()).isNull();
    assertThatThrownBy(() -> Await.join(ada.list("nobody", 2, false)))
        .hasMessageContaining("cursor");
  }

  @Test
  void aReplayIsTheRecordAsItWasInTheTopicThatItCameFrom() {
    put("ours", settings.changesTopic());
    put("strange", "another-topic");
    Await.join(ada.replay("ours", "ada"));

    assertThatThrownBy(() -> Await.join(ada.replay("strange", "ada")))
        .hasMessageContaining("another-topic");
    List<StreamRecord> stream = new ArrayList<>();
    try (StreamScan scan = StreamScan.open(settings, Duration.ofSeconds(10))) {
      scan.read((place, record) -> stream.add(record));
    }
    assertThat(stream).hasSize(1);
    assertThat(stream.get(0).key()).isEqualTo("room");
    assertThat(stream.get(0).value()).isEqualTo(utf8("{}"));
    assertThat(stream.get(0).headers())
        .containsKeys("changeSeq", "replay.of", "replay.for")
        .doesNotContainKey("dead.id");
  }

  @Test
  void whatTheTopicNoLongerHoldsIsNoLongerListed() throws Exception {
    put("old", settings.changesTopic());
    put("young", settings.changesTopic());
    assertThat(ids(ada, null, 10, false)).containsExactly("old", "young");
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers().get(0)))) {
      TopicPartition partition = new TopicPartition(settings.deadLettersTopic(), 0);
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1))).all().get();
    }

    assertThat(ids(ada, null, 10, false)).containsExactly("young");
    assertThat(ids(bob, null, 10, false)).containsExactly("young");
    assertThatThrownBy(() -> Await.join(ada.show("old"))).hasMessageContaining("no such");
    assertThat(Await.join(ada.show("young")).payload()).isEqualTo(utf8("{}"));
  }

  private static List<String> ids(LetterDesk desk, String after, int limit, boolean settledToo) {
    return Await.join(desk.list(after, limit, settledToo)).items().stream()
        .map(Letter::id)
        .toList();
  }

  /** What a consumer appends that cannot handle a record. */
  private void put(String id, String topic) {
    Map<String, byte[]> headers = new LinkedHashMap<>();
    headers.put("changeSeq", utf8("9"));
    headers.put("dead.id", utf8(id));
    headers.put("dead.group", utf8("fanout"));
    headers.put("dead.topic", utf8(topic));
    Await.join(producer.send(new StreamRecord("room", utf8("{}"), headers)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
