package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.client.ChatClient;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.testing.AdminAccount;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Journal;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.SharedStack;
import chat.parley.testing.SigningSecret;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * A change that fan-out cannot handle, because a member's row says what no role is, and what an
 * operator does about it, by the command line and by REST.
 */
class DeadLettersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(Await.PATIENCE_SECONDS);
  private static final String LETTERS = "/v1/admin/dead-letters";

  private static final String OWN = UUID.randomUUID().toString().substring(0, 8);
  private static final String KEYSPACE = "letters_" + OWN;
  private static final String GROUP = "fanout-" + OWN;
  private static final String TOPIC = "letters-changes-" + OWN;
  private static final String DEAD_TOPIC = "letters-dead-" + OWN;

  private static ParleyServer server;
  private static Crowd crowd;
  private static Vertx vertx;
  private static CassandraSession session;
  private static ParleyApi ops;

  private Crowd.Somebody ada;
  private Crowd.Somebody bob;
  private String room;
  private String neighbours;
  private Journal bobs;
  private ChatClient bobsPhone;
  private int sent;

  /** What a command said and ended with. */
  private record Said(int code, String out, String err) {}

  @BeforeAll
  static void start() {
    server =
        ParleyServer.onSharedStack(
            Map.of(
                "cassandra.keyspace",
                KEYSPACE,
                "kafka.changes-topic",
                TOPIC,
                "kafka.dead-letters-topic",
                DEAD_TOPIC,
                "kafka.partitions",
                "1", // so that everybody is a neighbour of what fails
                "kafka.max-attempts",
                "2",
                "fanout.group",
                GROUP,
                "fanout.members-expiry-seconds",
                "1",
                "auth.admins",
                "ops"));
    crowd = new Crowd(server);
    vertx = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connectToExisting(
                vertx, SharedStack.cassandra(KEYSPACE), new SimpleMeterRegistry()));
    ops = admin("ops");
  }

  private static ParleyApi admin(String handle) {
    AdminAccount.make(vertx, session, handle);
    return crowd
        .stranger()
        .as(Await.join(crowd.stranger().createSession(handle, Crowd.PASSWORD, "desk", null)));
  }

  @AfterAll
  static void stop() {
    crowd.close();
    Await.join(session.close());
    Await.join(vertx.close());
    server.close();
  }

  @BeforeEach
  void meet() {
    ada = crowd.somebody("ada");
    bob = crowd.somebody("bob");
    room = Await.join(ada.api().createGroup("room", List.of(bob.userId()))).conversationId();
    neighbours = Await.join(ada.api().createDm(bob.userId())).conversationId();
    bobs = new Journal();
    bobsPhone = crowd.connect(bob.api(), Map.of(), bobs);
  }

  @AfterEach
  void part() {
    Await.join(bobsPhone.close());
  }

  @Test
  void whatCannotBeDeliveredIsALetterAndIsDeliveredOnceTheCauseIsMended() {
    breakMembers();
    String lost = sendUntilOneIsLost();
    Await.join(ada.api().postMessage(neighbours, "n", "the neighbours flow on"));
    await().atMost(PATIENCE).until(() -> bobs.texts().contains("the neighbours flow on"));

    String id = onlyLetter().getString("id");
    Said list = cli("list");
    assertThat(list.code()).isZero();
    assertThat(list.out().lines()).hasSize(2);
    assertThat(list.out().lines().toList().get(1))
        .startsWith(id)
        .contains(GROUP, room, "IllegalArgumentException")
        .doesNotContain(lost);
    Said show = cli("show", id);
    assertThat(show.out())
        .contains("changeSeq", "attempts        2", TOPIC, "  actor: " + ada.userId())
        .contains("  \tat chat.parley.conversation.CassandraConversations")
        .doesNotContain(lost);
    assertThat(cli("show", id, "--payload").out()).contains(lost);
    assertThat(cli("show", "nothing").code()).isEqualTo(1);

    // Put back while the cause is still there: it comes back as a letter of its own.
    assertThat(rest(HttpMethod.POST, "/" + id + "/replay").getString("state"))
        .isEqualTo("replayed");
    await().atMost(PATIENCE).until(() -> open().size() == 1);
    JsonObject again = onlyLetter();
    assertThat(again.getString("replayOf")).isEqualTo(id);
    assertRefused(HttpMethod.POST, "/" + id + "/replay", 409, "already replayed by ops");
    assertThat(cli("replay", id, "--yes"))
        .satisfies(said -> assertThat(said.code()).isEqualTo(1))
        .satisfies(said -> assertThat(said.out()).contains("already replayed by ops"));

    mendMembers();
    assertThat(answering("n\n", "replay", "--all").err()).contains("Nothing was changed.");
    assertThat(open()).hasSize(1);
    Said replayed = answering("y\n", "replay", "--all");
    assertThat(replayed.code()).isZero();
    assertThat(replayed.out()).contains(again.getString("id") + ": replayed");
    await().atMost(PATIENCE).until(() -> bobs.texts().contains(lost));
    Await.join(ada.api().postMessage(room, "last", "and on it goes"));
    await().atMost(PATIENCE).until(() -> bobs.texts().contains("and on it goes"));

    assertThat(textsOf(room)).isEqualTo(allSentAnd("and on it goes"));
    assertThat(cli("list").out().strip()).isEqualTo("No dead letters.");
    assertThat(cli("replay", "--all").out().strip()).isEqualTo("No dead letters.");
    assertThat(server.output())
        .contains("dead-letter.replay actor=\"ops\" outcome=\"done\" letter=\"" + id)
        .doesNotContain(lost);
    assertInAuditLog(id, again.getString("id"));
  }

  /** By REST and by command, done and tried; what a command wrote is a chain like another. */
  private static void assertInAuditLog(String first, String second) {
    String operator = "cli:" + System.getProperty("user.name");
    List<String> decisions =
        Await.join(ops.call(HttpMethod.GET, "/v1/admin/audit?limit=500", null))
            .getJsonArray("items")
            .stream()
            .map(JsonObject.class::cast)
            .filter(line -> line.getString("action").equals("dead-letter.replay"))
            .map(
                line ->
                    line.getString("actor")
                        + " "
                        + line.getJsonObject("details").getString("letter")
                        + " "
                        + line.getString("outcome").split(":")[0])
            .toList();
    assertThat(decisions)
        .contains(
            "ops " + first + " done",
            operator + " " + first + " failed",
            operator + " " + second + " done");
    Said verified = run("verify", "--audit");
    assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
    assertThat(run("audit", "export").out().lines().map(JsonObject::new))
        .extracting(line -> line.getJsonObject("line").getString("action"))
        .contains("dead-letter.replay", "session.created", "account.created");
    assertThat(run("audit", "export", "--to", "2020-01-01").out()).isEmpty();
  }

  @Test
  void whatIsGivenUpIsNotDeliveredAgainAndDevicesGetItFromTheLog() {
    breakMembers();
    String lost = sendUntilOneIsLost();
    JsonObject letter = onlyLetter();
    String id = letter.getString("id");
    assertThat(rest(HttpMethod.GET, "/" + id).getInteger("payloadBytes")).isPositive();
    assertThat(rest(HttpMethod.GET, "/" + id).encode()).doesNotContain(lost);
    assertThat(server.metrics().by("parley_dead_letters_open", "group")).containsEntry(GROUP, 1L);

    for (ParleyApi stranger : List.of(ada.api(), bob.api())) {
      assertThat(Await.problem(stranger.call(HttpMethod.GET, LETTERS, null)).code())
          .isEqualTo("forbidden");
    }
    assertRefused(HttpMethod.GET, "/nothing", 404, "no such dead letter");
    Await.join(ops.call(HttpMethod.DELETE, LETTERS + "/" + id, null));
    assertRefused(HttpMethod.DELETE, "/" + id, 409, "already discarded by ops");
    assertRefused(HttpMethod.POST, "/" + id + "/replay", 409, "already discarded by ops");

    assertThat(open()).isEmpty();
    assertThat(server.metrics().by("parley_dead_letters_open", "group")).containsEntry(GROUP, 0L);
    assertThat(server.metrics().by("parley_dead_letters_discarded_total", "group"))
        .containsEntry(GROUP, 1L);
    assertThat(rest(HttpMethod.GET, "?state=all").getJsonArray("items").stream())
        .anySatisfy(
            item -> assertThat(((JsonObject) item).getString("decidedBy")).isEqualTo("ops"));
    mendMembers();
    Await.join(ada.api().postMessage(room, "next", "the next one shows the hole"));
    await().atMost(PATIENCE).until(() -> bobs.texts().contains("the next one shows the hole"));
    assertThat(textsOf(room)).isEqualTo(allSentAnd("the next one shows the hole"));
  }

  @Test
  void withoutKafkaTheCommandSaysThatItCouldNotLook() {
    Said said = cli("list", "--set", "kafka.bootstrap-servers=127.0.0.1:1");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("Cannot look: Kafka 127.0.0.1:1 does not answer");
    assertThat(cli("replay").code()).isEqualTo(2);
  }

  /** Messages until fan-out has to read the members and cannot; the text of that one. */
  private String sendUntilOneIsLost() {
    while (true) {
      String text = "message " + ++sent;
      Await.join(ada.api().postMessage(room, "m" + sent, text));
      await().atMost(PATIENCE).until(() -> bobs.texts().contains(text) || open().size() == 1);
      if (!bobs.texts().contains(text)) {
        return text;
      }
    }
  }

  private List<String> allSentAnd(String last) {
    List<String> texts = new ArrayList<>();
    for (int i = 1; i <= sent; i++) {
      texts.add("message " + i);
    }
    texts.add(last);
    return texts;
  }

  /** What bob's phone has shown of a conversation, in the order in which it did. */
  private List<String> textsOf(String conversation) {
    return bobs.shown().stream()
        .filter(change -> change.isMessage() && change.conversationId().equals(conversation))
        .map(change -> change.message().text())
        .toList();
  }

  private void breakMembers() {
    setRole("no-role-at-all");
  }

  private void mendMembers() {
    setRole("owner");
  }

  private void setRole(String role) {
    long joined =
        Await.join(
                session.read(
                    "test",
                    SimpleStatement.newInstance(
                        "SELECT joined_change_seq FROM members WHERE conversation_id = ? AND user_id = ?",
                        room,
                        ada.userId())))
            .get(0)
            .getLong(0);
    Await.join(
        session.write(
            "test",
            SimpleStatement.newInstance(
                "UPDATE members SET role = ? WHERE conversation_id = ? AND user_id = ?"
                    + " AND joined_change_seq = ?",
                role,
                room,
                ada.userId(),
                joined)));
  }

  private static JsonArray open() {
    return rest(HttpMethod.GET, "").getJsonArray("items");
  }

  private static JsonObject onlyLetter() {
    JsonArray open = open();
    assertThat(open).hasSize(1);
    return open.getJsonObject(0);
  }

  private static JsonObject rest(HttpMethod method, String path) {
    return Await.join(ops.call(method, LETTERS + path, null));
  }

  private static void assertRefused(HttpMethod method, String path, int status, String detail) {
    ProblemException problem = Await.problem(ops.call(method, LETTERS + path, null));
    assertThat(problem.status()).isEqualTo(status);
    assertThat(problem).hasMessageContaining(detail);
  }

  private static Said cli(String... arguments) {
    List<String> all = new ArrayList<>(List.of("dead-letters"));
    all.addAll(List.of(arguments));
    return run(all.toArray(String[]::new));
  }

  private static Path key() {
    try {
      return Files.writeString(Path.of("target", "letters-" + OWN + ".key"), SigningSecret.HEX);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Said run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    for (String setting :
        List.of(
            "cassandra.contact-points=" + cassandraAt(),
            "cassandra.keyspace=" + KEYSPACE,
            "auth.signing-key-file=" + key(),
            "kafka.bootstrap-servers=" + SharedStack.get().kafkaBootstrap(),
            "kafka.changes-topic=" + TOPIC,
            "kafka.dead-letters-topic=" + DEAD_TOPIC)) {
      if (!String.join(" ", all).contains(setting.substring(0, setting.indexOf('=')))) {
        all.addAll(List.of("--set", setting));
      }
    }
    CommandLine parley = Main.commandLine();
    parley.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = parley.execute(all.toArray(String[]::new));
    return new Said(code, out.toString(), err.toString());
  }

  /** The same at a terminal where somebody types this. */
  private static Said answering(String answer, String... arguments) {
    InputStream terminal = System.in;
    System.setIn(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
    try {
      return cli(arguments);
    } finally {
      System.setIn(terminal);
    }
  }

  private static String cassandraAt() {
    return "127.0.0.1:" + SharedStack.get().cassandraContactPoint().getPort();
  }
}
