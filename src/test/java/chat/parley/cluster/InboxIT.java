package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.ParleyApi;
import chat.parley.client.SyncPage;
import chat.parley.inbox.InboxSettings;
import chat.parley.inbox.Rebuild;
import chat.parley.inbox.Rebuild.Tally;
import chat.parley.log.LogSettings;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Crowd.Somebody;
import chat.parley.testing.ManyConversations;
import chat.parley.testing.Metrics;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import chat.parley.testing.ServerProcess;
import chat.parley.testing.SharedStack;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is a user's own: settings and unread counts that agree on all their devices, on whichever
 * node. Two nodes, of which the second alone has the inbox role.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InboxIT {
  private static final String FAR = "2099-01-01T00:00:00.000Z";
  private static final String KEYSPACE = "inbox_it";
  private static final String TOPIC = "inbox-it-changes";

  /** Short, so that conversations come to rest during a test, and longer than rows are behind. */
  private static final long RESTING_MS = 8_000;

  private static final String OF_ROW =
      "SELECT %s FROM inbox WHERE user_id = ? AND conversation_id = ?";

  private static final int BUDGET = 30;
  private static final int LARGE_ABOVE = 6;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Set<String> READS =
      Set.of(
          "user_conversations_read",
          "cursor.of_device",
          "inbox.of_user",
          "stints_read",
          "buckets_read",
          "log_read",
          "log_published");

  @TempDir private Path folder;

  private static List<ParleyServer> nodes;
  private static Vertx vertx;
  private static CassandraSession session;
  private static Crowd here;
  private static Crowd there;

  private Somebody ada;
  private Somebody bob;
  private ParleyApi phone;

  @BeforeAll
  static void start() {
    nodes =
        ParleyServer.pairOnSharedStack(
            "gateway,inbox",
            Map.of(
                "roles",
                "ingest,relay,sync,receipts,fanout,gateway",
                "cassandra.keyspace",
                KEYSPACE,
                "kafka.changes-topic",
                TOPIC,
                "log.idle-ms",
                Long.toString(RESTING_MS),
                "log.published-every-ms",
                "500",
                "large.above",
                Integer.toString(LARGE_ABOVE),
                "large.small-below",
                Integer.toString(LARGE_ABOVE - 1),
                "gateway.sync-budget",
                Integer.toString(BUDGET),
                "inbox.sample-ms",
                "20"));
    here = new Crowd(nodes.get(0));
    there = new Crowd(nodes.get(1));
    vertx = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connectToExisting(
                vertx, SharedStack.cassandra(KEYSPACE), new SimpleMeterRegistry()));
  }

  @AfterAll
  static void stop() {
    there.close();
    here.close();
    nodes.get(1).close();
    nodes.get(0).close();
    Await.join(session.close());
    Await.join(vertx.close());
  }

  @BeforeEach
  void meet() {
    ada = here.somebody("ada");
    bob = here.somebody("bob");
    phone = bob.signIn("phone");
  }

  @Test
  void whatAListSaysBeforeItsMembersDoIsLeftOutOfItAndNoFault() {
    String dm = dm();
    String group =
        Await.join(ada.api().createGroup("half", List.of(bob.userId()))).conversationId();
    String channel = Await.join(ada.api().createChannel("half open")).conversationId();
    String whole =
        Await.join(ada.api().createGroup("whole", List.of(bob.userId()))).conversationId();
    Await.join(bob.api().putMember(channel, "me", "member"));
    for (String half : List.of(dm, group, channel)) {
      Await.join(
          session.write(
              "test",
              SimpleStatement.newInstance(
                  "DELETE FROM members WHERE conversation_id = ? AND user_id = ?",
                  half,
                  bob.userId())));
    }

    assertThat(
            Await.join(bob.api().inbox(null, 50)).getJsonArray("items").stream()
                .map(
                    item ->
                        ((JsonObject) item)
                            .getJsonObject("conversation")
                            .getString("conversationId")))
        .containsExactly(whole);
    assertThat(Await.join(bob.signIn("tablet").sync(null, 500, 0)).changes())
        .extracting(Change::conversationId)
        .containsOnly(whole);
  }

  @Test
  void settingsOfOneDeviceReachTheOthersOnAnyNodeAndNotItself() {
    String dm = dm();
    RawSocket laptop = bob.enter();
    RawSocket elsewhere = there.socket(RawSocket.WS).enter(token(phone));

    JsonObject wanted =
        new JsonObject().put("mutedUntil", FAR).put("archived", true).put("pinnedRank", 3);
    JsonObject answer = Await.join(bob.api().changeSettings(dm, wanted));

    assertThat(answer.getString("mutedUntil")).isEqualTo(FAR);
    assertThat(told(elsewhere)).isEqualTo(answer);
    assertThat(line(bob.api(), dm).getMap()).containsAllEntriesOf(wanted.getMap());
    JsonObject cleared = new JsonObject().putNull("mutedUntil").put("archived", false);
    assertThat(Await.join(phone.changeSettings(dm, cleared)).getInteger("pinnedRank")).isEqualTo(3);
    assertThat(told(laptop).getValue("mutedUntil")).isNull();
    // Had the laptop been told of its own change, that would have been the first.
    assertThat(laptop.heard()).filteredOn(text -> text.contains("inbox.updated")).hasSize(1);
    assertThat(Await.join(ada.api().inbox(null, 10)).encode()).doesNotContain(FAR);
  }

  @Test
  void readingOnOneDeviceClearsTheBadgeOfTheOthers() {
    String dm = dm();
    for (int i = 1; i <= 3; i++) {
      Await.join(ada.api().postMessage(dm, "m" + i, "text"));
    }
    RawSocket laptop = bob.enter();
    RawSocket elsewhere = there.socket(RawSocket.WS).enter(token(phone));

    laptop.say("receipt.read", null, new JsonObject().put("conversationId", dm).put("seq", 2));

    JsonObject told = told(elsewhere);
    assertThat(told.getLong("unread")).isEqualTo(1);
    assertThat(told.getLong("readSeq")).isEqualTo(2);
    assertThat(line(phone, dm).getLong("unread")).isEqualTo(1);
    Await.join(phone.read(dm, 3));
    assertThat(told(laptop).getLong("unread")).isZero();
  }

  @Test
  void anArchivedConversationComesBackWithAMessageUnlessItIsMuted() {
    String dm = dm();
    String muted = Await.join(ada.api().createGroup("m", List.of(bob.userId()))).conversationId();
    JsonObject archive = new JsonObject().put("archived", true);
    Await.join(bob.api().changeSettings(dm, archive));
    Await.join(bob.api().changeSettings(muted, archive.copy().put("mutedUntil", FAR)));
    assertThat(line(bob.api(), dm).getBoolean("archived")).isTrue();

    Await.join(ada.api().postMessage(dm, "m", "back"));
    Await.join(ada.api().postMessage(muted, "m", "still away"));

    assertThat(line(bob.api(), dm).getBoolean("archived")).isFalse();
    assertThat(line(bob.api(), muted).getBoolean("archived")).isTrue();
    assertThat(line(bob.api(), muted).getLong("unread")).isEqualTo(1);
  }

  @Test
  void onlyMembersHaveSettings() {
    String group = Await.join(ada.api().createGroup("g", List.of(bob.userId()))).conversationId();
    Somebody eve = here.somebody("eve");
    JsonObject archive = new JsonObject().put("archived", true);
    assertThat(Await.problem(eve.api().changeSettings(group, archive)).code())
        .isEqualTo("not_found");
    assertThat(Await.problem(bob.api().changeSettings("no-such", archive)).code())
        .isEqualTo("not_found");
    Await.join(ada.api().deleteMember(group, bob.userId()));
    assertThat(Await.problem(bob.api().changeSettings(group, archive)).code())
        .isEqualTo("not_a_member");
  }

  /** The last one: the others make the rows of all conversations anew. */
  @Test
  @Order(Integer.MAX_VALUE)
  void whoHasTwoThousandConversationsSyncsTheTwentyThatMovedByReadingTheseOnly() {
    String device = phone.credentials().session().deviceId();
    List<String> all =
        new ManyConversations(session).make(2_000, ada.userId(), bob.userId(), device);
    List<String> moved = new ArrayList<>();
    for (int i = 0; i < all.size(); i += 100) {
      moved.add(all.get(i));
      Await.join(ada.api().postMessage(all.get(i), "m", "news"));
    }

    Synced synced =
        Awaitility.await("a sync for which no owner is asked for a head")
            .atMost(PATIENCE)
            .until(this::sync, one -> one.headsAsked() == 0);

    assertThat(synced.heard()).filteredOn(text -> text.contains("message.new")).hasSize(20);
    assertThat(synced.page().changes())
        .extracting(Change::conversationId)
        .containsExactlyInAnyOrderElementsOf(moved);
    assertThat(synced.page().hasMore()).isFalse();
    System.out.printf(
        "20 of 2,000 conversations synced in %d ms by socket (%d reads), %d ms by REST (%d reads);"
            + " by socket again and again: %s ms%n",
        synced.socketMs(), synced.socketReads(), synced.restMs(), synced.restReads(), syncsAgain());
    assertThat(synced.socketReads()).isBetween(20L, 20 * 5 + 10L);
    assertThat(synced.restReads()).isBetween(20L, 20 * 5 + 10L);

    assertThat(Await.join(phone.sync(synced.page().cursor(), 100, 0)).changes()).isEmpty();
    assertThat(conversations(Await.join(bob.api().inbox(null, 20))))
        .containsExactlyInAnyOrderElementsOf(moved);
  }

  /** A sync by socket and then one by REST: what they brought, and what each of them cost. */
  private record Synced(
      List<String> heard,
      SyncPage page,
      long socketMs,
      long socketReads,
      long restMs,
      long restReads,
      long headsAsked) {}

  /**
   * Of the phone, which has received nothing for sure. On a machine that stalls the rows may be too
   * late again when it comes to it: then heads are asked, and the sync says nothing about rows.
   */
  private Synced sync() {
    awaitRowsToBeKnown();
    Metrics before = nodes.get(0).metrics();
    long startedAt = System.nanoTime();
    RawSocket socket = here.socket(RawSocket.WS).enter(token(phone));
    long socketMs = Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
    Metrics between = nodes.get(0).metrics();
    startedAt = System.nanoTime();
    SyncPage page = Await.join(phone.sync(null, 100, 0));
    long restMs = Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
    Metrics after = nodes.get(0).metrics();
    socket.close();
    String asked = "parley_sync_heads_asked_total";
    return new Synced(
        socket.heard(),
        page,
        socketMs,
        reads(before, between),
        restMs,
        reads(between, after),
        after.sum(asked) - before.sum(asked));
  }

  /** The same by socket, on a server that compiles. */
  private List<Long> syncsAgain() {
    List<Long> ms = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      long startedAt = System.nanoTime();
      RawSocket socket = here.socket(RawSocket.WS).enter(token(phone));
      ms.add(Duration.ofNanos(System.nanoTime() - startedAt).toMillis());
      assertThat(socket.heard()).filteredOn(text -> text.contains("message.new")).hasSize(20);
      socket.close();
    }
    return ms;
  }

  /** Killed in the middle of what it is at; its table emptied; made again while the rest serves. */
  @Test
  void whileTheProjectionsNodeIsDeadNothingIsMissedAndItsRowsAreMadeAgain() {
    String dm = dm();
    Await.join(ada.api().postMessage(dm, "before", "before"));
    SyncPage first = Await.join(phone.sync(null, 100, 0));
    assertThat(texts(first)).containsExactly("before");
    awaitRow(bob.userId(), dm, 1);
    String group = Await.join(ada.api().createGroup("g", List.of(bob.userId()))).conversationId();
    AtomicInteger said = new AtomicInteger();
    Future<Void> talk = talk(group, 40, said);
    Awaitility.await("some of the talk").atMost(PATIENCE).until(() -> said.get() >= 15);
    nodes.get(1).kill();
    Tally made;
    try {
      Await.join(talk);
      nothingIsMissed(dm, first);
      Await.join(session.write("test", SimpleStatement.newInstance("TRUNCATE inbox")));
      awaitMark(group, 42);
      made = rebuild();
      assertThat(row(bob.userId(), group)).isEqualTo(42);
    } finally {
      nodes.get(1).restart();
    }
    awaitRow(bob.userId(), group, 42);
    awaitRowsToBeKnown();
    Tally again = rebuild();
    assertThat(made.mended()).isPositive();
    assertThat(again.mended()).isZero();
    assertThat(again.checksum()).isEqualTo(made.checksum());
    assertThat(runRebuild(0, "--user", bob.userId())).contains("rows 2, mended 0");
    long sampled = nodes.get(1).metrics().sum("parley_inbox_sampled_total");
    Awaitility.await("the sampler to have looked")
        .atMost(PATIENCE)
        .until(() -> nodes.get(1).metrics().sum("parley_inbox_sampled_total") > sampled + 20);
    assertThat(nodes.get(1).metrics().sum("parley_inbox_drift")).isZero();
  }

  @Test
  void aRebuildNamesTheConversationWhoseLogIsDamaged() {
    write("INSERT INTO conversations (conversation_id, type) VALUES ('damaged', 'group')");
    write("INSERT INTO published (conversation_id, change_seq, seq) VALUES ('damaged', 2, 1)");
    try {
      String said = runRebuild(1);
      assertThat(said).contains("The rows of damaged cannot be made", "hole at 1", "failed 1,");
    } finally {
      write("DELETE FROM published WHERE conversation_id = 'damaged'");
      write("DELETE FROM conversations WHERE conversation_id = 'damaged'");
    }
    assertThat(rebuild().failed()).isZero();
  }

  private static void write(String statement) {
    Await.join(session.write("test", SimpleStatement.newInstance(statement)));
  }

  /**
   * The rows' node is away until Kafka has removed what it had not followed yet. What it finds when
   * it is back is handled within a moment, and the rows are still those of before.
   */
  @Test
  void whatKafkaRemovedUnseenIsNotMissedByThoseWhoSync() throws Exception {
    String dm = dm();
    Await.join(ada.api().postMessage(dm, "before", "before"));
    SyncPage first = Await.join(phone.sync(null, 100, 0));
    awaitRow(bob.userId(), dm, 1);
    awaitRowsToBeKnown();
    nodes.get(1).kill();
    try {
      for (int i = 0; i < 3; i++) {
        Await.join(ada.api().postMessage(dm, "m" + i, "m" + i));
      }
      awaitMark(dm, 4);
      removeAllRecords();
    } finally {
      nodes.get(1).restart();
    }
    // Something to handle in every partition.
    Await.join(
        Future.all(
            IntStream.range(0, 100)
                .mapToObj(i -> ada.api().createGroup("g" + i, List.of(bob.userId())))
                .toList()));
    Awaitility.await("all conversations to come to rest")
        .atMost(PATIENCE)
        .until(() -> nodes.get(0).metrics().sum("parley_log_conversations") == 0);

    AtomicInteger looks = new AtomicInteger();
    Awaitility.await("twenty looks")
        .pollInterval(Duration.ofMillis(500))
        .atMost(PATIENCE)
        .until(
            () -> {
              SyncPage page = Await.join(phone.sync(first.cursor(), 500, 0));
              assertThat(texts(page)).as("look %s", looks).containsAll(messages(3));
              return looks.incrementAndGet() == 20;
            });
    assertThat(row(bob.userId(), dm)).as("the row").isEqualTo(1);
    assertThat(nodes.get(0).metrics().sum("parley_kafka_group_missed")).isPositive();

    rebuild();

    assertThat(row(bob.userId(), dm)).isEqualTo(4);
    Awaitility.await("nothing to be missed")
        .atMost(PATIENCE)
        .until(() -> nodes.get(0).metrics().sum("parley_kafka_group_missed") == 0);
    awaitRowsToBeKnown();
  }

  private static void removeAllRecords() throws Exception {
    Map<String, Object> at = Map.of("bootstrap.servers", SharedStack.get().kafkaBootstrap());
    try (Admin admin = Admin.create(at)) {
      int partitions =
          admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().size();
      RecordsToDelete all = RecordsToDelete.beforeOffset(-1);
      admin
          .deleteRecords(
              IntStream.range(0, partitions)
                  .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                  .collect(Collectors.toMap(partition -> partition, any -> all)))
          .all()
          .get();
    }
  }

  private Future<Void> talk(String conversation, int messages, AtomicInteger said) {
    return said.get() == messages
        ? Future.succeededFuture()
        : ada.api()
            .postMessage(conversation, "t" + said.get(), "text")
            .onSuccess(ack -> said.incrementAndGet())
            .compose(ack -> talk(conversation, messages, said));
  }

  /** From what owners have in memory, and when that is at rest from rows that are late. */
  private void nothingIsMissed(String dm, SyncPage first) {
    for (int i = 0; i < 3; i++) {
      Await.join(ada.api().postMessage(dm, "m" + i, "m" + i));
    }
    Metrics moving = nodes.get(0).metrics();
    SyncPage page = Await.join(phone.sync(first.cursor(), 100, 0));
    assertThat(texts(page)).as("while its owner has it in memory").containsAll(messages(3));
    assertThat(nodes.get(0).metrics().sum("parley_sync_heads_asked_total"))
        .isEqualTo(moving.sum("parley_sync_heads_asked_total"));
    Awaitility.await("all conversations to come to rest")
        .atMost(PATIENCE)
        .until(() -> nodes.get(0).metrics().sum("parley_log_conversations") == 0);

    page = Await.join(phone.sync(first.cursor(), 100, 0));

    assertThat(row(bob.userId(), dm)).as("the row is late").isEqualTo(1);
    assertThat(texts(page)).as("from a row that is late").containsAll(messages(3));
    RawSocket laptop = here.socket(RawSocket.WS).enter(token(bob.api()));
    assertThat(String.join("\n", laptop.heard())).contains("\"m0\"", "\"m1\"", "\"m2\"");
    assertThat(line(bob.api(), dm).getLong("unread")).isEqualTo(4);
    assertThat(line(bob.api(), dm).getJsonObject("lastMessage").getString("messageId"))
        .endsWith(".4");
  }

  @Test
  void theSamplerFindsAndMendsRowsThatAreGone() {
    String dm = dm();
    Await.join(ada.api().postMessage(dm, "m", "text"));
    awaitRow(bob.userId(), dm, 1);
    awaitMark(dm, 1);
    long drifted = nodes.get(1).metrics().sum("parley_inbox_drifted_total");
    Await.join(session.write("test", SimpleStatement.newInstance("TRUNCATE inbox")));

    Awaitility.await("a row to be mended")
        .atMost(PATIENCE)
        .until(() -> number("SELECT change_seq FROM inbox LIMIT 1") > 0);
    assertThat(nodes.get(1).metrics().sum("parley_inbox_drifted_total")).isGreaterThan(drifted);
    assertThat(nodes.get(1).metrics().sum("parley_inbox_drift")).isPositive();
  }

  @Test
  void whatCallsTheUserIsCountedUntilItIsReadOrDeleted() {
    String group = Await.join(ada.api().createGroup("g", List.of(bob.userId()))).conversationId();
    RawSocket elsewhere = there.socket(RawSocket.WS).enter(token(phone));
    Ack first = Await.join(ada.api().postMessage(group, "m1", "@" + bob.handle() + " one"));
    Await.join(ada.api().postMessage(group, "m2", "two"));
    Await.join(ada.api().postMessage(group, "m3", "@channel three"));
    Await.join(bob.api().postMessage(group, "m4", "@channel from bob himself"));
    assertThat(line(phone, group).getInteger("mentions")).isEqualTo(2);
    assertThat(line(ada.api(), group).getInteger("mentions")).isEqualTo(1);

    Await.join(ada.api().deleteMessage(first.messageId()));
    assertThat(line(phone, group).getInteger("mentions")).isEqualTo(1);

    Await.join(bob.api().read(group, 1));
    assertThat(told(elsewhere).getInteger("mentions")).isEqualTo(1);
    Await.join(bob.api().read(group, 3));
    assertThat(told(elsewhere).getInteger("mentions")).isZero();
    assertThat(line(phone, group).getLong("unread")).isEqualTo(1);
  }

  @Test
  void receiptsThatAreKeptPrivateAreToldToOnesOwnDevicesOnly() {
    String dm = dm();
    Await.join(ada.api().postMessage(dm, "m1", "one"));
    Await.join(ada.api().postMessage(dm, "m2", "two"));
    RawSocket adas = ada.enter();
    RawSocket elsewhere = there.socket(RawSocket.WS).enter(token(phone));
    JsonObject on = new JsonObject().put("privateReceipts", true);
    assertThat(own(bob.api(), HttpMethod.PATCH, on)).isEqualTo(on);
    assertThat(own(phone, HttpMethod.GET, null)).isEqualTo(on);

    Await.join(bob.api().receipts(new JsonObject(), new JsonObject().put(dm, 2)));
    Await.join(bob.api().read(dm, 1));

    assertThat(told(elsewhere).getLong("readSeq")).isEqualTo(1);
    JsonObject hidden = Await.join(ada.api().receipts(dm, 1));
    assertThat(hidden.getJsonArray("items")).isEmpty();
    assertThat(hidden.getLong("delivered") + hidden.getLong("read")).isZero();
    assertThat(hidden.getInteger("devices")).isZero();
    assertThat(receiptsOf(bob, Await.join(ada.signIn("tablet").sync(null, 100, 0)))).isEmpty();
    assertThat(receiptsOf(bob, Await.join(phone.sync(null, 100, 0)))).hasSize(1);

    JsonObject here = new JsonObject().put("privateReceipts", false);
    assertThat(Await.join(bob.api().changeSettings(dm, here)).getBoolean("privateReceipts"))
        .isFalse();
    assertThat(told(elsewhere).getBoolean("privateReceipts")).isFalse();
    assertThat(Await.join(ada.api().receipts(dm, 1)).getLong("read")).isEqualTo(1);
    Await.join(bob.api().read(dm, 2));

    // Had she been told of the one before, that would have been the first.
    assertThat(adas.await("receipt.read").getLong("seq")).isEqualTo(2);
    assertThat(adas.heard()).noneMatch(text -> text.contains("receipt.delivered"));
  }

  @Test
  void aSenderSeesHowManyDevicesHaveTheMessage() {
    String dm = dm();
    Await.join(ada.api().postMessage(dm, "m1", "one"));
    assertThat(devices(dm)).containsExactly(0, 2);
    Await.join(phone.receipts(new JsonObject(), new JsonObject().put(dm, 1)));
    assertThat(devices(dm)).containsExactly(1, 2);
    Await.join(bob.api().receipts(new JsonObject(), new JsonObject().put(dm, 1)));
    assertThat(devices(dm)).containsExactly(2, 2);
    Await.join(bob.api().deleteDevice(phone.credentials().session().deviceId()));
    assertThat(devices(dm)).containsExactly(1, 1);
  }

  @Test
  void aDeletedTextIsGoneFromTheListAtTheAckAndAnEditShows() {
    String dm = dm();
    Ack secret = Await.join(ada.api().postMessage(dm, "m", "secret"));
    Await.join(ada.api().editMessage(secret.messageId(), "changed"));
    assertThat(line(bob.api(), dm).encode()).contains("changed").doesNotContain("secret");
    Await.join(ada.api().deleteMessage(secret.messageId()));
    assertThat(line(bob.api(), dm).encode()).doesNotContain("changed").doesNotContain("secret");
    awaitRow(bob.userId(), dm, 3);

    JsonObject line = line(bob.api(), dm);

    assertThat(line.getJsonObject("lastMessage").getString("messageId"))
        .isEqualTo(secret.messageId());
    assertThat(line.encode()).doesNotContain("changed").doesNotContain("secret");
  }

  @Test
  void aFirstSyncComesByPagesTheNewestFirstAndAnswersThatGetLostAreGivenAgain() {
    List<String> newestFirst = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String group = Await.join(ada.api().createGroup("g", List.of(bob.userId()))).conversationId();
      Await.join(ada.api().postMessage(group, "m" + i, "text"));
      awaitRow(bob.userId(), group, 3);
      newestFirst.add(0, group);
    }
    String busy = dm();
    for (int i = 0; i <= BUDGET; i++) {
      Await.join(ada.api().postMessage(busy, "m" + i, "text"));
    }
    awaitRow(bob.userId(), busy, BUDGET + 1);

    SyncPage lost = Await.join(phone.sync(null, 5, 0));
    SyncPage page = Await.join(phone.sync(null, 5, 0));

    assertThat(page).isEqualTo(lost);
    assertThat(page.reset()).containsExactly(busy);
    assertThat(page.receipts()).isNotEmpty();
    List<Change> all = new ArrayList<>(page.changes());
    while (page.hasMore()) {
      assertThat(page.changes()).hasSizeLessThanOrEqualTo(5);
      page = Await.join(phone.sync(page.cursor(), 5, 0));
      all.addAll(page.changes());
    }
    assertThat(all.stream().map(Change::conversationId).distinct()).isEqualTo(newestFirst);
    // Of each group what bob may see: his own join and the message.
    assertThat(all).hasSize(10).extracting(Change::changeSeq).containsOnly(2L, 3L);
    assertThat(Await.join(phone.sync(page.cursor(), 5, 0)).changes()).isEmpty();
    assertThat(Await.join(phone.sync(lost.cursor(), 5, 0)).changes()).isEmpty();
    for (String cursor : List.of("nonsense", lost.cursor() + "A", "%00")) {
      assertThat(Await.problem(phone.sync(cursor, 5, 0)).code()).isEqualTo("bad_request");
    }
    assertThat(Await.problem(bob.api().sync(lost.cursor(), 5, 0)).code()).isEqualTo("bad_request");
    assertThat(Await.problem(ada.api().sync(lost.cursor(), 5, 0)).code()).isEqualTo("bad_request");
  }

  @Test
  void aLongPollAtAnotherNodeIsWokenAndARemovalIsTheLastThatItBrings() {
    String group = Await.join(ada.api().createGroup("g", List.of(bob.userId()))).conversationId();
    ParleyApi poller = there.stranger().as(phone.credentials());
    SyncPage page = Await.join(poller.sync(null, 100, 0));
    Future<SyncPage> waiting = poller.sync(page.cursor(), 100, 9);
    Await.join(ada.api().postMessage(group, "m", "hello"));
    page = Await.join(waiting);
    assertThat(texts(page)).containsExactly("hello");

    waiting = poller.sync(page.cursor(), 100, 9);
    Await.join(ada.api().deleteMember(group, bob.userId()));
    Await.join(ada.api().postMessage(group, "s", "secret"));
    page = Await.join(waiting);
    assertThat(page.changes())
        .last()
        .satisfies(last -> assertThat(last.type()).isEqualTo("member.left"));
    page = Await.join(poller.sync(page.cursor(), 100, 1));
    assertThat(page.changes()).isEmpty();
    assertThat(page.receipts()).isEmpty();
  }

  /** What is changed while a conversation is large comes by a stream of its own. */
  @Test
  void whoJoinsALargeConversationHasARowAndWhatWasSaidThereIsInItWhenItIsSmallAgain() {
    List<String> crowd =
        IntStream.range(1, LARGE_ABOVE).mapToObj(i -> here.somebody("p" + i).userId()).toList();
    String group = Await.join(ada.api().createGroup("g", List.of(bob.userId()))).conversationId();
    crowd.forEach(user -> Await.join(ada.api().putMember(group, user, "member")));
    Somebody eve = here.somebody("eve");

    Await.join(ada.api().putMember(group, eve.userId(), "member"));

    long joined = LARGE_ABOVE + 2;
    Awaitility.await("the row of who came last")
        .atMost(PATIENCE)
        .until(() -> number(OF_ROW.formatted("joined_change_seq"), eve.userId(), group) == joined);

    Ack said = Await.join(ada.api().postMessage(group, "m", "said while it was large"));
    crowd.forEach(user -> Await.join(ada.api().deleteMember(group, user)));

    awaitRow(bob.userId(), group, said.changeSeq() + crowd.size());
    assertThat(number(OF_ROW.formatted("message_change_seq"), bob.userId(), group))
        .isEqualTo(said.changeSeq());
    assertThat(nodes.get(1).output().lines())
        .as("the sampler found nothing to mend")
        .noneMatch(line -> line.contains("had drifted") && line.contains(group));
  }

  /** Else a few devices that are slow to take what they asked for would fill a gateway's memory. */
  @Test
  void pagesOfLongMessagesAreShorterAndNothingIsLeftOut() {
    String dm = dm();
    String text = "x".repeat(16_000);
    for (int i = 0; i < BUDGET; i++) {
      Await.join(ada.api().postMessage(dm, "m" + i, text));
    }
    List<Long> read = new ArrayList<>();
    ChangePage page;
    do {
      page = Await.join(bob.api().changes(dm, read.size(), 500));
      assertThat(page.items()).hasSizeBetween(1, 20);
      page.items().forEach(change -> read.add(change.changeSeq()));
    } while (page.hasMore());
    assertThat(read).isEqualTo(LongStream.rangeClosed(1, BUDGET).boxed().toList());

    SyncPage synced = Await.join(phone.sync(null, 500, 0));
    List<Change> all = new ArrayList<>(synced.changes());
    while (synced.hasMore()) {
      synced = Await.join(phone.sync(synced.cursor(), 500, 0));
      all.addAll(synced.changes());
    }
    assertThat(all).extracting(Change::changeSeq).isEqualTo(read);
  }

  private static JsonObject own(ParleyApi api, HttpMethod method, JsonObject body) {
    return Await.join(api.call(method, "/v1/users/me/settings", body));
  }

  private static List<JsonObject> receiptsOf(Somebody somebody, SyncPage page) {
    return page.receipts().stream()
        .filter(receipt -> receipt.getString("userId").equals(somebody.userId()))
        .toList();
  }

  private List<Integer> devices(String dm) {
    JsonObject told = Await.join(ada.api().receipts(dm, 1));
    return List.of(told.getInteger("deliveredDevices"), told.getInteger("devices"));
  }

  private static long reads(Metrics before, Metrics after) {
    return after
        .grownSince(before, "parley_cassandra_requests_seconds_count", "op")
        .entrySet()
        .stream()
        .filter(op -> READS.contains(op.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Until then heads are asked one by one, which is right and slow. */
  private static void awaitRowsToBeKnown() {
    Awaitility.await("the rows to be known")
        .atMost(PATIENCE)
        .until(
            () -> {
              String name = "parley_kafka_group_age_seconds";
              double age =
                  nodes.get(0).metrics().series().entrySet().stream()
                      .filter(entry -> entry.getKey().startsWith(name))
                      .mapToDouble(Map.Entry::getValue)
                      .max()
                      .orElse(-1);
              return age >= 0 && age < 4;
            });
  }

  private static void awaitRow(String user, String conversation, long changeSeq) {
    Awaitility.await("the row of " + conversation)
        .atMost(PATIENCE)
        .until(() -> row(user, conversation) == changeSeq);
  }

  private static long row(String user, String conversation) {
    return number(OF_ROW.formatted("change_seq"), user, conversation);
  }

  private static void awaitMark(String conversation, long changeSeq) {
    Awaitility.await("the mark of " + conversation)
        .atMost(PATIENCE)
        .until(
            () ->
                number("SELECT change_seq FROM published WHERE conversation_id = ?", conversation)
                    == changeSeq);
  }

  private static long number(String select, Object... values) {
    return Await.join(session.read("test", SimpleStatement.newInstance(select, values))).stream()
        .mapToLong(found -> found.getLong(0))
        .findFirst()
        .orElse(-1);
  }

  private static Tally rebuild() {
    return Await.join(
        Rebuild.over(
                session,
                InboxSettings.defaults(),
                LogSettings.defaults(),
                tally -> {},
                (conversation, cause) -> fail(conversation + " failed", cause))
            .compose(Rebuild::all));
  }

  private String runRebuild(int exit, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "rebuild",
                "inbox",
                "--set",
                "cassandra.keyspace=" + KEYSPACE,
                "--set",
                "cassandra.contact-points=127.0.0.1:"
                    + SharedStack.get().cassandraContactPoint().getPort(),
                "--set",
                "kafka.bootstrap-servers=" + SharedStack.get().kafkaBootstrap()));
    arguments.addAll(List.of(more));
    ServerProcess process = ServerProcess.run(arguments, folder.resolve("rebuild.log"));
    assertThat(process.exit(PATIENCE.toSeconds())).as(process.output()).isEqualTo(exit);
    return process.output();
  }

  private static List<String> messages(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
  }

  private static List<String> texts(SyncPage page) {
    return page.changes().stream()
        .filter(Change::isMessage)
        .map(change -> change.message().text())
        .toList();
  }

  private static List<String> conversations(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getJsonObject("conversation").getString("conversationId"))
        .toList();
  }

  private String dm() {
    return Await.join(ada.api().createDm(bob.userId())).conversationId();
  }

  private static String token(ParleyApi api) {
    return api.credentials().session().accessToken();
  }

  private static JsonObject told(RawSocket socket) {
    JsonObject data = socket.await("inbox.updated");
    data.remove("frameId");
    return data;
  }

  private static JsonObject line(ParleyApi api, String conversation) {
    return Await.join(api.inbox(null, 100)).getJsonArray("items").stream()
        .map(JsonObject.class::cast)
        .filter(
            item ->
                item.getJsonObject("conversation").getString("conversationId").equals(conversation))
        .findFirst()
        .orElseThrow();
  }
}
