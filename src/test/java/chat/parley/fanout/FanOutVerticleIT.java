package chat.parley.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.DeliverSoft;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsMoved;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.event.ChangeType;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.StreamProducer;
import chat.parley.kafka.Topics;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole stage between a real broker and a gateway of this JVM. */
class FanOutVerticleIT {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FakeCluster cluster = new FakeCluster();
  private final List<Long> delivered = new CopyOnWriteArrayList<>();
  private final List<UserId> soft = new CopyOnWriteArrayList<>();
  private Vertx vertx;
  private Bus bus;
  private KafkaSettings kafka;
  private StreamProducer producer;

  @BeforeEach
  void begin() throws Exception {
    vertx = Vertx.vertx();
    BusCodecs.install(vertx.eventBus());
    bus = new Bus(vertx, 2_000);
    KafkaSettings defaults = KafkaSettings.defaults();
    String id = UUID.randomUUID().toString();
    kafka =
        new KafkaSettings(
            List.of(SharedStack.get().kafkaBootstrap()),
            defaults.access(),
            "changes-" + id,
            "dead-" + id,
            2,
            1,
            defaults.lingerMs(),
            defaults.deliveryTimeoutMs(),
            defaults.bufferBytes(),
            defaults.compression(),
            defaults.sessionTimeoutMs(),
            defaults.maxBatch(),
            defaults.maxAttempts(),
            defaults.deadLettersDays(),
            defaults.commitIntervalMs());
    got(Topics.ensure(vertx, kafka));
    producer = StreamProducer.ofChanges(vertx, kafka, meters);
    cluster.member(ROOM, ANNA, 1);
    cluster.member(ROOM, BEN, 1);
    cluster.connect(ANNA, "g1");
    cluster.connect(BEN, "g1");
    got(
        bus.answer(
            Addresses.gateway("g1"),
            message -> {
              if (message instanceof DeliverChanges changes) {
                changes.deliveries().forEach(one -> delivered.add(one.change().changeSeq()));
              } else if (message instanceof DeliverSoft frame) {
                soft.addAll(frame.users());
              }
              return Future.succeededFuture(new Taken(2));
            }));
  }

  @AfterEach
  void end() throws Exception {
    got(producer.close(1_000));
    got(vertx.close());
  }

  @Test
  void whatIsInTheStreamReachesTheGatewayInOrderAndOnlyOnce() throws Exception {
    String deployment = got(vertx.deployVerticle(verticle()));
    publish(1, 200);
    await().atMost(Duration.ofSeconds(30)).until(() -> delivered.size() >= 200);
    got(vertx.undeploy(deployment));

    publish(201, 220);
    got(vertx.deployVerticle(verticle()));
    await().atMost(Duration.ofSeconds(30)).until(() -> delivered.size() >= 220);

    assertThat(delivered).isEqualTo(LongStream.rangeClosed(1, 220).boxed().toList());
    assertThat(meters.get("parley.fanout.changes").counter().count()).isEqualTo(220);
  }

  @Test
  void aReceiptReachesTheOtherMember() throws Exception {
    got(vertx.deployVerticle(verticle()));
    bus.send(
        Addresses.RECEIPT_FANOUT,
        new ReceiptsMoved(List.of(new ReceiptMoved(ROOM, ANNA, ReceiptKind.READ, 3))));

    await().atMost(Duration.ofSeconds(10)).until(() -> soft.equals(List.of(BEN)));
  }

  private FanOutVerticle verticle() {
    return new FanOutVerticle(
        FanOutSettings.defaults(),
        kafka,
        new FanOutVerticle.Parts(
            bus, cluster, cluster, cluster, cluster, Clock.systemUTC(), meters));
  }

  private void publish(long from, long to) throws Exception {
    got(
        Future.all(
            LongStream.rangeClosed(from, to)
                .mapToObj(
                    number ->
                        new Change(
                            ROOM,
                            number,
                            number,
                            ChangeType.MESSAGE_NEW,
                            ANNA,
                            null,
                            System.currentTimeMillis(),
                            new byte[] {'{', '}'}))
                .map(change -> producer.send(ChangeRecord.encode(change)))
                .toList()));
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
