package chat.parley.cluster.model;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.client.ClientGroup;
import chat.parley.kafka.KafkaSettings;
import chat.parley.testing.Await;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.SharedStack;
import chat.parley.testing.SignUps;
import chat.parley.verify.Verification;
import chat.parley.verify.VerifyProgress;
import chat.parley.verify.VerifyReport;
import chat.parley.verify.VerifySettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random lives of small worlds on two nodes, and a simple sequential model of what must have come
 * of them. A failure names its seed; {@code -Dparley.model.seed=N} plays that one again (what each
 * person does is the same then, how it interleaves is not), {@code -Dparley.model.seeds=N} sets how
 * many are played.
 */
class ModelIT {
  /** So few, that each world has conversations on both sides of the line. */
  static final int LARGE_ABOVE = 4;

  private static final String ONE = "parley.model.seed";
  private static final String MANY = "parley.model.seeds";
  private static final int SEEDS = Integer.getInteger(MANY, 8);
  private static final int AT_ONCE = 8;
  private static final String KEYSPACE = "model_it";
  private static final String TOPIC = "model-it-changes";
  private static final VerifySettings QUICK =
      new VerifySettings(0, Duration.ofSeconds(10), Duration.ofMillis(300));

  private static final Vertx VERTX = Vertx.vertx();
  private static List<ParleyServer> servers;
  private static List<ClientGroup> nodes;
  private static CassandraSession session;
  private static SignUps signUps;

  @BeforeAll
  static void start() {
    servers =
        ParleyServer.pairOnSharedStack(
            "ingest,relay,sync,inbox,receipts,fanout,presence,gateway",
            Map.of(
                "cassandra.keyspace",
                KEYSPACE,
                "kafka.changes-topic",
                TOPIC,
                "large.above",
                String.valueOf(LARGE_ABOVE),
                "large.small-below",
                String.valueOf(LARGE_ABOVE),
                "large.receipts-flush-ms",
                "500",
                "log.published-every-ms",
                "200"));
    nodes = servers.stream().map(server -> ClientGroup.open(VERTX, server.uri())).toList();
    session =
        Await.join(
            CassandraConnector.connectToExisting(
                VERTX, SharedStack.cassandra(KEYSPACE), new SimpleMeterRegistry()));
    signUps = new SignUps(VERTX, session);
  }

  @AfterAll
  static void stop() {
    nodes.forEach(node -> Await.join(node.close()));
    servers.get(1).close();
    servers.get(0).close();
    Await.join(session.close());
    Await.join(VERTX.close());
  }

  @Test
  void whatDevicesShowAndTheServerSaysIsWhatASequentialModelMakesOfTheLog() throws Exception {
    Long one = Long.getLong(ONE);
    List<Long> seeds =
        one != null ? List.of(one) : LongStream.rangeClosed(1, SEEDS).boxed().toList();
    long startedAt = System.nanoTime();
    Tally tally = new Tally();
    List<String> faults = play(seeds, tally);
    System.out.printf(
        "model: %d seeds in %d s, %d wrong; %s%n",
        seeds.size(),
        Duration.ofNanos(System.nanoTime() - startedAt).toSeconds(),
        faults.size(),
        tally);
    assertThat(faults).isEmpty();
    if (one == null) {
      assertThat(tally.missing()).as("what was never played: %s", tally).isEmpty();
    }
    VerifyReport report = verified();
    assertThat(report.findings()).as(report.table()).isEmpty();
    assertThat(report.streamAway()).isEmpty();
    for (ParleyServer server : servers) {
      assertThat(server.output().lines().filter(line -> line.contains("had drifted"))).isEmpty();
      assertThat(server.metrics().sum("parley_inbox_drifted_total")).isZero();
    }
  }

  private static List<String> play(List<Long> seeds, Tally tally) throws InterruptedException {
    ExecutorService lanes = Executors.newFixedThreadPool(AT_ONCE);
    Map<Long, Future<?>> worlds = new LinkedHashMap<>();
    seeds.forEach(
        seed -> worlds.put(seed, lanes.submit(() -> new World(nodes, signUps, tally).play(seed))));
    List<String> faults = new ArrayList<>();
    for (Map.Entry<Long, Future<?>> world : worlds.entrySet()) {
      try {
        world.getValue().get();
      } catch (ExecutionException e) {
        String fault =
            "seed %d: %s%s".formatted(world.getKey(), e.getCause(), places(e.getCause()));
        System.out.println(fault);
        e.getCause().printStackTrace(System.out);
        faults.add(fault);
      }
    }
    lanes.shutdown();
    return faults;
  }

  /** What a fault was about says the place at which it was met. */
  private static List<String> places(Throwable fault) {
    Throwable first = fault;
    while (first.getCause() instanceof AssertionError cause) {
      first = cause;
    }
    return Stream.of(first.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith(ModelIT.class.getPackageName()))
        .limit(3)
        .map(StackTraceElement::toString)
        .toList();
  }

  private static VerifyReport verified() {
    KafkaSettings kafka =
        KafkaSettings.defaults().withBootstrapServers(List.of(SharedStack.get().kafkaBootstrap()));
    return Await.join(
            Verification.over(
                session,
                Optional.of(kafka.withTopics(TOPIC, kafka.deadLettersTopic())),
                QUICK,
                Clock.systemUTC()))
        .run(Optional.empty(), VerifyProgress.NONE);
  }
}
