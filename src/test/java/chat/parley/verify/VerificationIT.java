package chat.parley.verify;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.client.Ack;
import chat.parley.client.ParleyApi;
import chat.parley.event.StreamRecord;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.StreamProducer;
import chat.parley.model.ConversationId;
import chat.parley.model.MessageId;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Crowd.Somebody;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.ServerProcess;
import chat.parley.testing.SharedStack;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server's traffic is clean, also while it flows; planted faults of each sort are found. */
class VerificationIT {
  private static final String KEYSPACE = "verify_it";
  private static final int ENOUGH_SENDS = 24;
  private static final String TOPIC = "verify-it-changes";
  private static final long PATIENCE_SECONDS = 120;
  private static final int PARTITIONS = 3;

  private static final VerifySettings QUICK =
      new VerifySettings(0, Duration.ofSeconds(10), Duration.ofMillis(300));

  @TempDir private Path folder;

  private static ParleyServer server;
  private static Crowd crowd;
  private static Vertx vertx;
  private static CassandraSession session;
  private static KafkaSettings kafka;
  private static Verification verification;
  private static Somebody ada;
  private static Somebody bob;
  private static Somebody eve;

  @BeforeAll
  static void open() {
    server =
        ParleyServer.onSharedStack(
            Map.of(
                "cassandra.keyspace",
                KEYSPACE,
                "kafka.changes-topic",
                TOPIC,
                "log.published-every-ms",
                "200"));
    crowd = new Crowd(server);
    ada = crowd.somebody("ada");
    bob = crowd.somebody("bob");
    eve = crowd.somebody("eve");
    vertx = Vertx.vertx();
    CassandraSettings settings = SharedStack.cassandra(KEYSPACE);
    session =
        Await.join(
            CassandraConnector.connectToExisting(vertx, settings, new SimpleMeterRegistry()));
    KafkaSettings plain =
        KafkaSettings.defaults().withBootstrapServers(List.of(SharedStack.get().kafkaBootstrap()));
    kafka = plain.withTopics(TOPIC, plain.deadLettersTopic());
    verification = over(kafka);
  }

  private static Verification over(KafkaSettings stream) {
    return Await.join(Verification.over(session, Optional.of(stream), QUICK, Clock.systemUTC()));
  }

  @AfterAll
  static void close() {
    crowd.close();
    server.close();
    Await.join(session.close());
    Await.join(vertx.close());
  }

  private static String cassandraAt() {
    return "127.0.0.1:" + SharedStack.get().cassandraContactPoint().getPort();
  }

  /** A group with traffic of every sort; answers its id. Its head is 14, with 10 messages. */
  private static String conversation() {
    String id = Await.join(ada.api().createGroup("talk", List.of(bob.userId()))).conversationId();
    send(ada.api(), id, "a", 5);
    Await.join(ada.api().putMember(id, eve.userId(), "member"));
    send(bob.api(), id, "b", 5);
    Await.join(ada.api().deleteMember(id, eve.userId()));
    Await.join(bob.api().read(id, 7));
    JsonObject delivered = new JsonObject().put(id, 9);
    Await.join(bob.api().receipts(new JsonObject(), delivered));
    awaitMark(id, 14);
    return id;
  }

  private static void send(ParleyApi as, String conversation, String name, int count) {
    for (int i = 0; i < count; i++) {
      Await.join(as.postMessage(conversation, name + i, name + " says " + i));
    }
  }

  private static void awaitMark(String id, long head) {
    Awaitility.await("the mark of " + id)
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              var rows =
                  Await.join(
                      session.read(
                          "test",
                          SimpleStatement.newInstance(
                              "SELECT change_seq FROM published WHERE conversation_id = ?", id)));
              return !rows.isEmpty() && rows.get(0).getLong(0) >= head;
            });
  }

  private static void run(String cql, Object... values) {
    Await.join(session.write("test", SimpleStatement.newInstance(cql, values)));
  }

  private static List<String> faults(String conversation) {
    return said(verification.run(Optional.of(conversation), VerifyProgress.NONE));
  }

  private static List<String> faults(KafkaSettings stream, String conversation) {
    return said(over(stream).run(Optional.of(conversation), VerifyProgress.NONE));
  }

  private static List<String> said(VerifyReport report) {
    return report.findings().stream().map(VerificationIT::said).toList();
  }

  private static String said(Finding finding) {
    return finding.fault().word() + " " + finding.number();
  }

  @Test
  void realTrafficIsCleanAlsoWhileItFlows() throws InterruptedException {
    String group = conversation();
    String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
    send(bob.api(), dm, "hello", 3);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger sends = new AtomicInteger();
    Thread talk =
        new Thread(
            () -> {
              for (int i = 0; !over.get(); i++) {
                List<Future<?>> some =
                    List.of(
                        ada.api().postMessage(dm, "live" + i, "live " + i),
                        bob.api().postMessage(dm, "live" + i, "live " + i),
                        bob.api().postMessage(group, "live" + i, "live " + i));
                Await.join(Future.all(some));
                Await.join(bob.api().read(group, i));
                Ack last = Await.join(bob.api().postMessage(dm, "more" + i, "more " + i));
                Await.join(bob.api().editMessage(last.messageId(), "edited " + i));
                if (i % 5 == 0) {
                  Await.join(bob.api().deleteMessage(last.messageId()));
                  Await.join(ada.api().putMember(group, eve.userId(), "member"));
                  Await.join(ada.api().setTitle(group, "title " + i));
                  Await.join(ada.api().deleteMember(group, eve.userId()));
                }
                sends.addAndGet(some.size());
              }
            });
    talk.start();
    try {
      for (int i = 0; i < 6 || talk.isAlive() && sends.get() < ENOUGH_SENDS; i++) {
        VerifyReport of =
            verification.run(Optional.of(i % 2 == 0 ? dm : group), VerifyProgress.NONE);
        assertThat(of.findings()).isEmpty();
        assertThat(of.streamAway()).isEmpty();
        assertThat(of.records()).isPositive();
      }
    } finally {
      over.set(true);
      talk.join();
    }
    assertThat(sends.get()).isGreaterThanOrEqualTo(ENOUGH_SENDS);
    VerifyReport after = verification.run(Optional.of(group), VerifyProgress.NONE);
    assertThat(after.findings()).isEmpty();
    assertThat(after.changes()).isGreaterThan(20);
    assertThat(after.cursors()).isPositive();
  }

  @Test
  void aHole() {
    String id = conversation();
    run("DELETE FROM changes WHERE conversation_id = ? AND bucket = 0 AND change_seq = 4", id);

    assertThat(faults(id)).contains("hole 4", "stream-extra 4", "send-key-dangling 4");
  }

  @Test
  void aDoubleOneNumberWithTwoContentsAndAnotherContentInTheStream() {
    String id = conversation();
    copyRow(id, 5, 6, 0, "");
    copyRow(id, 9, 9, 1, "x");

    List<String> found = faults(id);

    assertThat(found).contains("double 6", "send-key-other 6", "stream-content 6");
    assertThat(found).contains("two-contents 9", "stream-content 9");
    assertThat(found).noneMatch(one -> one.startsWith("hole"));
  }

  /** Puts the content of one number under another, and under an epoch so much higher. */
  private static void copyRow(String id, long from, long to, long raise, String more) {
    var row =
        Await.join(
                session.read(
                    "test",
                    SimpleStatement.newInstance(
                        "SELECT epoch, blobAsText(payload) AS text, body_hash FROM changes"
                            + " WHERE conversation_id = ? AND bucket = 0 AND change_seq = ?",
                        id,
                        from)))
            .get(0);
    String text =
        row.getString("text")
            .replace("\"changeSeq\":" + from, "\"changeSeq\":" + to)
            .replace("says ", "says" + more + " ");
    String seq = text.replaceAll("(?s).*?\"seq\":(\\d+).*", "$1");
    long toSeq = Long.parseLong(seq) + to - from;
    run(
        "INSERT INTO changes (conversation_id, bucket, change_seq, epoch, group_first, group_length,"
            + " closes_bucket, seq, type, actor_id, committed_at, body_hash, payload)"
            + " VALUES (?, 0, ?, ?, ?, 1, false, ?, 1, ?, toUnixTimestamp(now()), ?, textAsBlob(?))",
        id,
        to,
        row.getLong("epoch") + raise,
        to,
        toSeq,
        ada.userId(),
        row.getLong("body_hash"),
        text.replace("\"seq\":" + seq, "\"seq\":" + toSeq));
  }

  @Test
  void sendKeysThatPointNowhereOrAreMissing() {
    String id = conversation();
    run(
        "INSERT INTO sends (conversation_id, bucket, user_id, device_id, client_msg_id, epoch,"
            + " change_seq, body_hash) VALUES (?, 0, 'u', 'd', 'nowhere', 1, 777, 1)",
        id);
    run(
        "DELETE FROM sends WHERE conversation_id = ? AND bucket = 0 AND user_id = ?",
        id,
        bob.userId());

    assertThat(faults(id))
        .containsExactlyInAnyOrder(
            "send-key-dangling 777",
            "send-key-missing 9",
            "send-key-missing 10",
            "send-key-missing 11",
            "send-key-missing 12",
            "send-key-missing 13");
  }

  @Test
  void aMarkAheadOfTheLogAndOneThatIsOff() {
    String ahead = conversation();
    mark(ahead, 500, 10, 500);
    String off = conversation();
    mark(off, 14, 3, 15);

    assertThat(faults(ahead)).containsExactly("mark-leads 0");
    assertThat(faults(off)).containsExactly("mark-off 0");
  }

  private static void mark(String id, long number, long seq, long timestamp) {
    run(
        "INSERT INTO published (conversation_id, change_seq, seq, bucket, bucket_first)"
            + " VALUES (?, ?, ?, 0, 1) USING TIMESTAMP ?",
        id,
        number,
        seq,
        timestamp);
  }

  @Test
  void whatWasDoneToMessagesAndDoesNotStandByThem() {
    String id = conversation();
    Await.join(ada.api().editMessage(message(id, 3), "edited"));
    Await.join(ada.api().deleteMessage(message(id, 4)));
    Await.join(ada.api().editMessage(message(id, 5), "edited"));
    Await.join(ada.api().editMessage(message(id, 6), "edited"));
    awaitMark(id, 18);
    assertThat(faults(id)).isEmpty();

    String where = " WHERE conversation_id = ? AND bucket = 0 AND target = ";
    run("DELETE FROM amendments" + where + "3", id);
    run("UPDATE amendments SET payload = textAsBlob('{}')" + where + "5 AND change_seq = 17", id);
    for (int[] stray : new int[][] {{7, 600}, {6, 16}}) {
      run(
          "INSERT INTO amendments (conversation_id, bucket, target, change_seq, seq, type, actor_id,"
              + " committed_at, payload) VALUES (?, 0, ?, ?, 10, 6, 'u', 1, textAsBlob('{}'))",
          id,
          (long) stray[0],
          (long) stray[1]);
    }

    assertThat(faults(id))
        .contains("amendment 15", "amendment 16", "amendment 17", "amendment 600")
        .allMatch(one -> one.startsWith("amendment "))
        .noneMatch(one -> one.equals("amendment 18"));
  }

  private static String message(String conversation, long number) {
    return new MessageId(new ConversationId(conversation), number).toString();
  }

  @Test
  void cursorsBeyondTheHead() {
    String id = conversation();
    run(
        "UPDATE delivered USING TIMESTAMP 90 SET change_seq = 90, seq = 80"
            + " WHERE user_id = ? AND conversation_id = ? AND device_id = 'd'",
        bob.userId(),
        id);
    run(
        "UPDATE read_cursors USING TIMESTAMP 70 SET seq = 70 WHERE user_id = ? AND conversation_id = ?",
        bob.userId(),
        id);

    assertThat(faults(id)).containsExactlyInAnyOrder("cursor 90", "cursor 70");
  }

  @Test
  void membersListsTitleAndIndexThatDrifted() {
    String id = conversation();
    run(
        "UPDATE members USING TIMESTAMP 99 SET left_change_seq = 9223372036854775807"
            + " WHERE conversation_id = ? AND user_id = ? AND joined_change_seq = 8",
        id,
        eve.userId());
    run(
        "DELETE FROM user_conversations USING TIMESTAMP 99 WHERE user_id = ? AND conversation_id = ?",
        bob.userId(),
        id);
    run("INSERT INTO conversation_titles (conversation_id, title) VALUES (?, 'no')", id);
    run("INSERT INTO conversation_settings (conversation_id, topic) VALUES (?, 'no')", id);
    run("INSERT INTO member_counts (conversation_id, members) VALUES (?, 99)", id);
    run(
        "INSERT INTO buckets (conversation_id, bucket, first_change_seq, first_seq, opened_at)"
            + " VALUES (?, 1, 5, 4, 0)",
        id);

    List<String> found = faults(id);

    assertThat(found).contains("title 0", "setting 0", "bucket-index 5");
    assertThat(found).as("a stint, and the count").contains("membership 14", "membership 0");
    assertThat(found).anyMatch(one -> one.startsWith("inbox"));
  }

  @Test
  void recordsThatTheLogDoesNotHaveOrThatCannotBeRead() {
    String id = conversation();
    StreamProducer producer = StreamProducer.ofChanges(vertx, kafka, new SimpleMeterRegistry());
    byte[] one = {'1'};
    Await.join(producer.send(new StreamRecord(id, one, Map.of("v", one))));
    Await.join(
        producer.send(
            new StreamRecord(
                id,
                new byte[] {'{', '}'},
                Map.of(
                    "v", one,
                    "type", one,
                    "changeSeq", "600".getBytes(),
                    "seq", "600".getBytes(),
                    "actor", one,
                    "at", one))));
    Await.join(producer.close(1_000));
    // Of a number that was never sent to the stream: the mark says that it was.
    String unsent = conversation();
    run(
        "INSERT INTO changes (conversation_id, bucket, change_seq, epoch, group_first, group_length,"
            + " closes_bucket, seq, type, actor_id, subject_id, committed_at, payload)"
            + " VALUES (?, 0, 15, 1, 15, 1, false, 10, 5, ?, null, toUnixTimestamp(now()),"
            + " textAsBlob('{\"conversation\":{}}'))",
        unsent,
        ada.userId());
    mark(unsent, 15, 10, 16);

    assertThat(faults(id)).containsExactlyInAnyOrder("stream-damaged 0", "stream-extra 600");
    assertThat(faults(unsent)).containsExactly("stream-lacks 15");
  }

  @Test
  void onePartitionThatIsOutOfRecordsLeavesTheOthersCompared() throws Exception {
    String id = conversation();
    try (CopiedStream copy = CopiedStream.of(kafka, PARTITIONS)) {
      copy.put(id, number -> number == 7 ? null : number == 5 ? "said" : "");
      copy.idle(1 + copy.partitionOf(id));

      assertThat(faults(copy.settings(), id))
          .containsExactlyInAnyOrder("stream-content 5", "stream-lacks 7");
    }
  }

  @Test
  void ofAPartitionThatWasCutTheRecordsThatAreLeftAreCompared() throws Exception {
    String id = conversation();
    try (CopiedStream copy = CopiedStream.of(kafka, PARTITIONS)) {
      copy.put(id, number -> number == 12 ? null : number == 10 ? "said" : "");
      copy.cut(copy.partitionOf(id), 6);

      VerifyReport report = over(copy.settings()).run(Optional.of(id), VerifyProgress.NONE);

      assertThat(said(report)).containsExactly("stream-content 10");
      assertThat(report.coverage()).isEqualTo(new StreamCoverage(7, 7, 1, 0, 0, 0, 0));
      assertThat(report.table()).contains("whether 7 changes of 1 conversations");
      assertThat(report.json().getJsonObject("notCompared").getJsonObject("removed"))
          .isEqualTo(
              new JsonObject()
                  .put("changes", 7L)
                  .put("conversations", 1L)
                  .put("wholeConversations", 0L));
    }
  }

  @Test
  void whatIsRemovedWhileTheLogIsReadIsNotFoundLacking() throws Exception {
    String id = conversation();
    try (CopiedStream copy = CopiedStream.of(kafka, PARTITIONS)) {
      copy.put(id, number -> "");
      VerifyReport report =
          over(copy.settings())
              .run(
                  Optional.of(id),
                  (stage, share, detail) -> {
                    if (stage.equals("conversations")) {
                      copy.cut(copy.partitionOf(id), 6);
                    }
                  });

      assertThat(report.findings()).isEmpty();
      assertThat(report.records()).isEqualTo(8);
      assertThat(report.coverage()).isEqualTo(new StreamCoverage(8, 6, 1, 0, 0, 0, 0));
    }
  }

  @Test
  void whatIsRemovedWhileTheStreamIsReadIsNotFoundLacking() throws Exception {
    String id = conversation();
    try (CopiedStream copy = CopiedStream.of(kafka, PARTITIONS)) {
      int fillers = copy.fill(copy.partitionOf(id));
      copy.put(id, number -> "");
      VerifyReport report =
          over(copy.settings())
              .run(
                  Optional.of(id),
                  (stage, share, detail) -> {
                    if (stage.equals("stream")) {
                      copy.cut(copy.partitionOf(id), fillers + 6);
                    }
                  });

      assertThat(report.records()).as("the reader was overtaken").isLessThan(fillers);
      assertThat(report.findings()).isEmpty();
      assertThat(report.coverage()).isEqualTo(new StreamCoverage(8, 6, 1, 0, 0, 0, 0));
      assertThat(report.table()).contains("nothing is wrong with what was compared");
    }
  }

  @Test
  void theCommandSaysWhatItFoundAndEndsWithTheRightCode() {
    String clean = conversation();
    String holed = conversation();
    run("DELETE FROM changes WHERE conversation_id = ? AND bucket = 0 AND change_seq = 4", holed);
    run(
        "INSERT INTO changes (conversation_id, bucket, change_seq, epoch) VALUES ('orphan', 0, 1, 1)");
    run(
        "INSERT INTO changes (conversation_id, bucket, change_seq, epoch) VALUES (?, 7, 1, 1)",
        clean);
    run(
        "INSERT INTO user_conversations (user_id, conversation_id, joined_change_seq, left_change_seq)"
            + " VALUES ('stranger', ?, 3, 9)",
        clean);

    ServerProcess one = verify("one", "--conversation", clean);
    ServerProcess all = verify("all", "--json");
    ServerProcess unknown = verify("unknown", "--conversation", "nobody-knows-it");
    ServerProcess away = verify("away", "--set", "cassandra.contact-points=127.0.0.1:1");

    assertThat(one.exit(PATIENCE_SECONDS)).as(one.output()).isZero();
    assertThat(one.output()).contains("nothing is wrong").contains("100 %");

    assertThat(all.exit(PATIENCE_SECONDS)).as(all.output()).isEqualTo(1);
    assertThat(all.output())
        .contains("\"hole\"", holed, "\"unknown-conversation\"", "orphan")
        .contains("\"stray-bucket\"", "\"inbox\"", "user stranger");

    assertThat(unknown.exit(PATIENCE_SECONDS)).as(unknown.output()).isEqualTo(2);
    assertThat(unknown.output())
        .contains("no conversation nobody-knows-it")
        .doesNotContain("\tat ");

    assertThat(away.exit(PATIENCE_SECONDS)).as(away.output()).isEqualTo(2);
    assertThat(away.output()).contains("does not answer").doesNotContain("\tat ");
  }

  private ServerProcess verify(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "verify",
                "--rate",
                "0",
                "--set",
                "cassandra.keyspace=" + KEYSPACE,
                "--set",
                "kafka.changes-topic=" + TOPIC,
                "--set",
                "kafka.bootstrap-servers=" + kafka.bootstrapServers().get(0)));
    if (!List.of(more).contains("cassandra.contact-points=127.0.0.1:1")) {
      arguments.addAll(List.of("--set", "cassandra.contact-points=" + cassandraAt()));
    }
    arguments.addAll(List.of(more));
    return ServerProcess.run(arguments, folder.resolve(name + ".log"));
  }
}
