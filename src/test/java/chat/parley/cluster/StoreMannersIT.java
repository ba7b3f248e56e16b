package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChatClient;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevClusterPlan;
import chat.parley.devcluster.DevNode;
import chat.parley.embedded.Store;
import chat.parley.event.ChangeRecord;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.StreamScan;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Documented;
import chat.parley.testing.Journal;
import chat.parley.testing.Metrics;
import chat.parley.testing.QuickNodes;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedStack;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A node whose stores are not there, go silent, or die: it says so, refuses or waits, and heals.
 */
class StoreMannersIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * Without the gate a send waits until the search for its owner is over, 8 s; with it new ones are
   * refused 1.5 s after the last answer, and from then on at once.
   */
  private static final Duration NOTICED_WITHIN = Duration.ofSeconds(6);

  private static final Duration AT_ONCE = Duration.ofSeconds(1);
  private static final int PRODUCER_BYTES = 65_536;

  private static Path data;
  private static DevCluster cluster;
  private static DevNode node;

  @BeforeAll
  static void start() throws IOException {
    data = Files.createTempDirectory(Path.of("target"), "store-manners-");
    cluster =
        DevCluster.start(
            DevClusterPlan.of(data, 1)
                .withSettings(
                    QuickNodes.with(
                        Map.of(
                            "kafka.buffer-bytes",
                            Integer.toString(PRODUCER_BYTES),
                            "kafka.delivery-timeout-ms",
                            "1000")))
                .withEnvironment(QuickNodes.ENVIRONMENT),
            System.out::println);
    node = cluster.nodes().get(0);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
      SharedStack.wipe(data);
    }
  }

  @Test
  void aNodeWithoutItsStoresSaysSoAndBecomesReadyWhenTheyCome() throws Exception {
    cluster.stores().kill9(Store.KAFKA); // nobody waits for it at the end either
    assertThat(node.stop()).isZero();
    cluster.stores().stop(Store.CASSANDRA);
    node.start();
    soon().ignoreExceptions().until(() -> get("/readyz").statusCode() == 503);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(waitedFor()).contains("Cassandra at 127.0.0.1").contains("Kafka at 127.0.0.1");
    HttpResponse<String> call = get("/v1/users/me");
    assertThat(call.statusCode()).isEqualTo(503);
    assertThat(call.headers().firstValue("Retry-After")).isPresent();
    assertThat(new JsonObject(call.body()).getString("code")).isEqualTo("unavailable");
    said("Waiting for Cassandra at 127.0.0.1");
    said("Connection refused");
    said("Waiting for Kafka at 127.0.0.1");

    // Asked to stop while it waits, it does.
    assertThat(node.stop()).isZero();
    assertThat(Files.readString(node.log())).doesNotContain("did not stop in time");

    node.start();
    soon().ignoreExceptions().until(() -> get("/readyz").statusCode() == 503);
    try (Knocking knocking = new Knocking()) {
      cluster.stores().start(Store.CASSANDRA);
      soon().until(() -> !waitedFor().contains("Cassandra"));
      assertThat(waitedFor()).contains("Kafka");
      cluster.stores().start(Store.KAFKA);
      node.awaitReady(PATIENCE);
      knocking.awaitSome();
      assertThat(knocking.faults()).isEmpty();
      assertThat(knocking.unasked()).isLessThanOrEqualTo(1);
    }
    try (Crowd crowd = new Crowd(node.uri())) {
      Crowd.Somebody ada = crowd.somebody("ada");
      assertThat(Await.join(ada.api().postMessage(dm(crowd, ada), "m1", "hello")).seq())
          .isEqualTo(1);
    }
  }

  @Test
  void whileCassandraIsSilentSendsAreRefusedAndEachIsThereOnceAfterwards() throws Exception {
    try (Crowd crowd = new Crowd(node.uri())) {
      Crowd.Somebody ada = crowd.somebody("ada");
      Crowd.Somebody bob = crowd.somebody("bob");
      Journal bobs = new Journal();
      ChatClient phone = crowd.connect(bob.api(), Map.of(), bobs);
      String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
      RawSocket socket = ada.enter();
      Await.join(ada.api().postMessage(dm, "before", "before"));

      cluster.stores().pause(Store.CASSANDRA);
      List<String> sent = new ArrayList<>();
      long pausedAt = System.nanoTime();
      try {
        Answers answers = new Answers(socket);
        // Some are under way when it falls silent, others come while nobody knows it yet.
        Awaitility.await()
            .atMost(NOTICED_WITHIN)
            .pollInterval(Duration.ofMillis(200))
            .until(
                () -> {
                  sent.add("m" + sent.size());
                  socket.send(dm, sent.get(sent.size() - 1), "text " + sent.size());
                  return !answers.errors().isEmpty();
                });
        Duration noticed = since(pausedAt);
        soon().until(() -> answers.errors().keySet().containsAll(sent));
        assertThat(answers.errors().values()).allSatisfy(StoreMannersIT::isRefusalForNow);

        long askedAt = System.nanoTime();
        socket.send(dm, "late", "late");
        soon().until(() -> answers.errors().containsKey("late"));
        Duration late = since(askedAt);
        System.out.printf(
            "Cassandra paused: noticed after %s, then refused in %s%n", noticed, late);
        assertThat(late).isLessThan(AT_ONCE);
        sent.add("late");

        ProblemException rest = Await.problem(ada.api().postMessage(dm, "rest", "rest"));
        assertThat(rest.code()).isEqualTo("unavailable");
        assertThat(rest.status()).isEqualTo(503);
        sent.add("rest");
        HttpResponse<String> history = history(ada, dm);
        assertThat(history.statusCode()).isEqualTo(503);
        assertThat(history.headers().firstValue("Retry-After")).isPresent();

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(waitedFor()).contains("Cassandra");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(metrics().sum("parley_cassandra_available")).isZero();
        assertThat(metrics().sum("parley_cassandra_refused_total")).isPositive();
      } finally {
        cluster.stores().resume(Store.CASSANDRA);
      }
      node.awaitReady(PATIENCE);
      assertThat(metrics().sum("parley_cassandra_available")).isEqualTo(1);

      List<Ack> acks = new ArrayList<>();
      for (String clientMsgId : sent) {
        String text = clientMsgId.startsWith("m") ? "text " + (acks.size() + 1) : clientMsgId;
        acks.add(untilAcked(ada.api(), dm, clientMsgId, text));
      }
      long last = sent.size() + 1L;
      assertThat(acks.stream().map(Ack::seq))
          .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(2, last).boxed().toList());
      Await.join(phone.reached(dm, last));
      assertThat(bobs.shown().stream().map(Change::changeSeq))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, last).boxed().toList());
      assertThat(bobs.texts()).doesNotHaveDuplicates().hasSize((int) last);
      assertThat(Await.join(ada.api().changes(dm, 0, 500)).headChangeSeq()).isEqualTo(last);
    }
  }

  @Test
  void whileKafkaIsDeadSendsAreAckedAndGoOutOnceAndInOrderAfterwards() throws Exception {
    int messages = 400;
    String kilobyte = "x".repeat(1_000);
    try (Crowd crowd = new Crowd(node.uri())) {
      Crowd.Somebody ada = crowd.somebody("ada");
      Crowd.Somebody bob = crowd.somebody("bob");
      Journal bobs = new Journal();
      ChatClient phone = crowd.connect(bob.api(), Map.of(), bobs);
      ChatClient tablet = crowd.connect(ada.api(), Map.of(), new Journal());
      String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
      Await.join(tablet.send(dm, "before"));
      Await.join(phone.reached(dm, 1));

      cluster.stores().kill9(Store.KAFKA);
      long mostInMemory = 0;
      List<String> acked = new ArrayList<>();
      for (int at = 0; at < messages; at += 40) {
        List<Future<Ack>> burst =
            IntStream.range(at, at + 40).mapToObj(i -> tablet.send(dm, i + kilobyte)).toList();
        burst.forEach(Await::join);
        mostInMemory = Math.max(mostInMemory, metrics().sum("parley_kafka_unacked_bytes"));
      }
      IntStream.range(0, messages).forEach(i -> acked.add(i + kilobyte));
      assertThat(mostInMemory).isPositive().isLessThanOrEqualTo(PRODUCER_BYTES);
      assertThat(metrics().sum("parley_relay_backlog")).isEqualTo(messages);
      assertThat(get("/readyz").statusCode()).isEqualTo(200);
      assertThat(bobs.texts()).containsExactly("before");

      cluster.stores().start(Store.KAFKA);
      long backAt = System.nanoTime();
      Await.join(phone.reached(dm, messages + 1L));
      System.out.printf("Kafka back: %d messages delivered after %s%n", messages, since(backAt));
      acked.add(0, "before");
      assertThat(bobs.texts()).containsExactlyElementsOf(acked);
      soon().until(() -> metrics().sum("parley_relay_backlog") == 0);
      assertThat(firstInStream(dm))
          .as("a reader of the stream alone sees no number before the one before it")
          .isEqualTo(LongStream.rangeClosed(1, messages + 1L).boxed().toList());
    }
  }

  /** The numbers of a conversation in the order in which the stream has each for the first time. */
  private static List<Long> firstInStream(String conversation) {
    KafkaSettings kafka =
        KafkaSettings.defaults()
            .withBootstrapServers(List.of(cluster.stores().stack().kafkaBootstrap()));
    Set<Long> numbers = new LinkedHashSet<>();
    try (StreamScan scan = StreamScan.open(kafka, PATIENCE)) {
      scan.read(
          (place, record) -> {
            if (record.key().equals(conversation)) {
              numbers.add(ChangeRecord.changeSeq(record).orElseThrow());
            }
          });
    }
    return List.copyOf(numbers);
  }

  /** Answers on a socket, by the id of the request. */
  private record Answers(RawSocket socket) {
    Map<String, JsonObject> errors() {
      Map<String, JsonObject> errors = new HashMap<>();
      for (String text : socket.heard()) {
        JsonObject frame = new JsonObject(text);
        if ("error".equals(frame.getString("t"))) {
          errors.put(frame.getString("id"), frame.getJsonObject("d"));
        }
      }
      return errors;
    }
  }

  private static void isRefusalForNow(JsonObject problem) {
    assertThat(problem.getString("code")).isEqualTo("unavailable");
    assertThat(problem.getBoolean("retryable")).isTrue();
    assertThat(problem.getLong("retryAfterMs")).isPositive();
  }

  /** As a good client does: under the same id, until it is acked. */
  private static Ack untilAcked(ParleyApi api, String dm, String clientMsgId, String text) {
    return soon()
        .ignoreExceptionsInstanceOf(AssertionError.class)
        .until(() -> Await.join(api.postMessage(dm, clientMsgId, text)), ack -> true);
  }

  private static String dm(Crowd crowd, Crowd.Somebody one) {
    return Await.join(one.api().createDm(crowd.somebody("other").userId())).conversationId();
  }

  /** Opens a connection after the other, and writes down which of them was not answered. */
  private static final class Knocking implements AutoCloseable {
    private static final int SOME = 50;

    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger unasked = new AtomicInteger();
    private final AtomicInteger knocks = new AtomicInteger();
    private final Thread thread = new Thread(this::knock, "knocking");
    private volatile boolean over;

    Knocking() {
      thread.start();
    }

    private void knock() {
      while (!over) {
        try (Socket socket = new Socket("127.0.0.1", node.httpPort())) {
          socket.setSoTimeout(20_000);
          socket
              .getOutputStream()
              .write(
                  "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                      .getBytes(StandardCharsets.US_ASCII));
          String answer =
              new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          if (answer.isEmpty()) {
            unasked.incrementAndGet();
          } else if (!answer.startsWith("HTTP/1.1 200")) {
            faults.add(answer);
          }
        } catch (IOException refused) {
          faults.add(refused.toString());
        }
        knocks.incrementAndGet();
      }
    }

    /** So that some come after now. */
    void awaitSome() {
      int enough = knocks.get() + SOME;
      soon().until(() -> knocks.get() >= enough);
    }

    List<String> faults() {
      return faults;
    }

    /**
     * Connections closed without a word. It knocks one at a time, so one of them at most can stand
     * there, its request not yet read, when the door closes.
     */
    int unasked() {
      return unasked.get();
    }

    @Override
    public void close() {
      over = true;
      soon().until(() -> !thread.isAlive());
    }
  }

  private static void said(String words) {
    soon().until(() -> Files.readString(node.log()).contains(words));
  }

  private static String waitedFor() throws Exception {
    return new JsonObject(get("/readyz").body()).getString("detail", "");
  }

  private static Metrics metrics() throws IOException {
    return Metrics.parse(node.metrics());
  }

  private static HttpResponse<String> history(Crowd.Somebody who, String dm) throws Exception {
    return Documented.send(
        request("/v1/conversations/" + dm + "/messages")
            .header("Authorization", "Bearer " + who.session().accessToken())
            .build());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return Documented.send(request(path).build());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(node.url() + path)).timeout(Duration.ofSeconds(30));
  }

  private static Duration since(long startedAt) {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(PATIENCE);
  }
}
