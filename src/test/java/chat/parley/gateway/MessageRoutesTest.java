package chat.parley.gateway;

import static chat.parley.gateway.HttpEdgeTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.auth.Devices.NewDevice;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.DeleteMessage;
import chat.parley.bus.IngestMessages.EditMessage;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.IngestMessages.MessageAmended;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.bus.QueryMessages.ChangesQuery;
import chat.parley.bus.QueryMessages.ConversationQuery;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.bus.QueryMessages.Direction;
import chat.parley.bus.QueryMessages.MessageFound;
import chat.parley.bus.QueryMessages.MessageQuery;
import chat.parley.bus.QueryMessages.MessagesPage;
import chat.parley.bus.QueryMessages.MessagesQuery;
import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.DeviceReceipt;
import chat.parley.bus.ReceiptMessages.MemberReceipt;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.bus.ReceiptMessages.Receipts;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.DeviceId;
import chat.parley.model.MessageId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages, history and receipts over HTTP. */
class MessageRoutesTest {
  private static final UserId ANNA = new UserId("u-anna");
  private static final DeviceId PHONE = new DeviceId("d-anna");
  private static final ConversationId C1 = new ConversationId("c1");

  @TempDir static Path folder;
  private static EdgeServer edge;
  private static String token;

  @BeforeAll
  static void start() {
    edge = new EdgeServer(folder);
    token = edge.signedIn("anna");
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @BeforeEach
  void forget() {
    edge.asked.clear();
  }

  @Test
  void aMessageIsAckedAndAReplaySaysSo() {
    edge.ingest = command -> Future.succeededFuture(accepted(false));
    HttpResponse<Buffer> sent = edge.post("/v1/messages", token, message());
    assertThat(sent.statusCode()).isEqualTo(201);
    assertThat(sent.getHeader("Replayed")).isNull();
    assertThat(sent.bodyAsJsonObject().encode())
        .isEqualTo(
            "{\"conversationId\":\"c1\",\"clientMsgId\":\"k1\",\"messageId\":\"c1.5\",\"seq\":4,"
                + "\"changeSeq\":5,\"createdAt\":\"1970-01-01T00:00:09.001Z\","
                + "\"durability\":\"persisted\",\"replayed\":false}");
    SendMessage command = (SendMessage) edge.asked.poll();
    assertThat(command.userId()).isEqualTo(ANNA);
    assertThat(command.deviceId()).isEqualTo(PHONE);
    assertThat(new String(command.body(), StandardCharsets.UTF_8))
        .isEqualTo("{\"text\":\"hi\",\"format\":\"markdown\"}");

    edge.ingest = again -> Future.succeededFuture(accepted(true));
    HttpResponse<Buffer> replayed = edge.post("/v1/messages", token, message());
    assertThat(replayed.statusCode()).isEqualTo(200);
    assertThat(replayed.getHeader("Replayed")).isEqualTo("true");

    edge.ingest =
        other ->
            Future.failedFuture(new FailureException(Failure.IDEMPOTENCY_MISMATCH, "another body"));
    problem(edge.post("/v1/messages", token, message()), 422, "idempotency_mismatch");
  }

  @Test
  void whatIsNoMessageIsRefusedBeforeAnythingIsDone() {
    refused(message().put("conversationId", "a b"), 400, "bad_request");
    refused(message().putNull("conversationId"), 400, "bad_request");
    refused(message().put("clientMsgId", "a.b"), 400, "bad_request");
    refused(message().put("clientMsgId", "k".repeat(65)), 400, "bad_request");
    refused(message().put("clientMsgId", 1), 400, "bad_request");
    refused(message().putNull("body"), 400, "bad_request");
    refused(message().put("body", "hi"), 400, "bad_request");
    refused(message().put("body", new JsonObject().put("text", "")), 400, "bad_request");
    refused(message().put("attachments", new JsonArray().add("a")), 400, "bad_request");
    refused(message().put("replyTo", "no-message"), 400, "bad_request");
    refused(message().put("replyTo", "c1.01"), 400, "bad_request");
    refused(message().put("replyTo", "another.1"), 400, "bad_request");
    refused(
        message().put("body", new JsonObject().put("text", "x".repeat(16_385))),
        413,
        "payload_too_large");
    assertThat(edge.asked).isEmpty();
  }

  @Test
  void aMessageIsFoundByItsId() {
    edge.queries = query -> Future.succeededFuture(new MessageFound(change(5)));
    JsonObject found = edge.get("/v1/messages/" + new MessageId(C1, 5), token).bodyAsJsonObject();
    assertThat(found.getString("messageId")).isEqualTo("c1.5");
    assertThat(found.getString("conversationId")).isEqualTo("c1");
    assertThat(found.getLong("changeSeq")).isEqualTo(5);
    assertThat(edge.asked.poll()).isEqualTo(new MessageQuery(ANNA, C1, 5));
    problem(edge.get("/v1/messages/nonsense", token), 404, "not_found");
  }

  @Test
  void aMessageBearsItsVersion() {
    edge.queries = query -> Future.succeededFuture(new MessageFound(change(5)));
    HttpResponse<Buffer> found = edge.get("/v1/messages/c1.5", token);
    assertThat(found.getHeader("ETag")).isEqualTo("\"5\"");
    assertThat(found.bodyAsJsonObject().getLong("version")).isEqualTo(5);
  }

  @Test
  void aMessageIsEditedAndDeleted() {
    edge.ingest = command -> Future.succeededFuture(new MessageAmended(9, 4, 9, true));
    HttpResponse<Buffer> edited = edit("*", "new");
    assertThat(edited.statusCode()).isEqualTo(200);
    assertThat(edited.getHeader("ETag")).isEqualTo("\"9\"");
    assertThat(edited.bodyAsJsonObject().encode())
        .isEqualTo(
            "{\"conversationId\":\"c1\",\"messageId\":\"c1.5\",\"seq\":4,\"changeSeq\":9,"
                + "\"version\":9,\"durability\":\"persisted\",\"replayed\":false}");
    EditMessage command = (EditMessage) edge.asked.poll();
    assertThat(command.actorId()).isEqualTo(ANNA);
    assertThat(command.target()).isEqualTo(5);
    assertThat(command.ifVersion()).isZero();

    edit(" W/\"7\" ", "new");
    assertThat(((EditMessage) edge.asked.poll()).ifVersion()).isEqualTo(7);

    edge.ingest = again -> Future.succeededFuture(new MessageAmended(9, 4, 11, false));
    HttpResponse<Buffer> deleted = edge.call(HttpMethod.DELETE, "/v1/messages/c1.5", token, null);
    assertThat(deleted.statusCode()).isEqualTo(200);
    assertThat(deleted.getHeader("ETag")).isEqualTo("\"11\"");
    assertThat(deleted.bodyAsJsonObject().getBoolean("replayed")).isTrue();
    assertThat(edge.asked.poll()).isEqualTo(new DeleteMessage(C1, ANNA, 5));
  }

  @Test
  void whatIsNoEditIsRefusedBeforeAnythingIsDone() {
    for (String tag :
        new String[] {"7", "\"x\"", "\"0\"", "\"1\", \"2\"", "\"" + "9".repeat(30) + "\""}) {
      problem(edit(tag, "new"), 400, "bad_request");
    }
    problem(edit("*", ""), 400, "bad_request");
    problem(edge.call(HttpMethod.PATCH, "/v1/messages/c1.5", token, "{}"), 400, "bad_request");
    problem(
        edge.call(HttpMethod.PATCH, "/v1/messages/nonsense", token, body("new")), 404, "not_found");
    problem(edge.call(HttpMethod.DELETE, "/v1/messages/nonsense", token, null), 404, "not_found");
    problem(edge.call(HttpMethod.DELETE, "/v1/messages/c1.5", null, null), 401, "unauthenticated");
    assertThat(edge.asked).isEmpty();
  }

  private static HttpResponse<Buffer> edit(String ifMatch, String text) {
    return edge.call(HttpMethod.PATCH, "/v1/messages/c1.5", token, body(text), "If-Match", ifMatch);
  }

  private static JsonObject body(String text) {
    return new JsonObject().put("body", new JsonObject().put("text", text));
  }

  @Test
  void historyGoesOneWayAtATime() {
    edge.queries = query -> Future.succeededFuture(new MessagesPage(List.of(change(5)), true));
    String path = "/v1/conversations/c1/messages";
    JsonObject page = edge.get(path, token).bodyAsJsonObject();
    assertThat(page.getBoolean("hasMore")).isTrue();
    assertThat(page.getJsonArray("items").getJsonObject(0).getLong("changeSeq")).isEqualTo(5);
    assertThat(edge.asked.poll()).isEqualTo(new MessagesQuery(ANNA, C1, Direction.LATEST, 0, 50));
    edge.get(path + "?before=9&limit=7", token);
    assertThat(edge.asked.poll()).isEqualTo(new MessagesQuery(ANNA, C1, Direction.BEFORE, 9, 7));
    edge.get(path + "?after=0&limit=999", token);
    assertThat(edge.asked.poll()).isEqualTo(new MessagesQuery(ANNA, C1, Direction.AFTER, 0, 100));
    problem(edge.get(path + "?after=1&before=2", token), 400, "bad_request");
    problem(edge.get(path + "?after=-1", token), 400, "bad_request");
    problem(edge.get(path + "?around=1.5", token), 400, "bad_request");
    problem(edge.get(path + "?before=99999999999999999999", token), 400, "bad_request");
  }

  @Test
  void changesArePassedOnAsTheyAre() {
    edge.queries =
        query -> Future.succeededFuture(new ChangesPage(List.of(change(5), change(6)), 9, 8, true));
    HttpResponse<Buffer> page = edge.get("/v1/conversations/c1/changes?after=4&limit=2", token);
    assertThat(page.bodyAsString())
        .isEqualTo(
            "{\"items\":["
                + payload(5)
                + ","
                + payload(6)
                + "],\"headChangeSeq\":9,\"hasMore\":true}");
    assertThat(edge.asked.poll()).isEqualTo(new ChangesQuery(ANNA, C1, 4, 2));
  }

  @Test
  void cursorsMove() {
    edge.receipts = moves -> Future.succeededFuture(Moved.all());
    edge.queries =
        query ->
            Future.succeededFuture(
                query instanceof MessageQuery ? new MessageFound(change(5)) : view());
    String path = "/v1/conversations/c1/read";
    assertThat(edge.post(path, token, new JsonObject().put("seq", 3)).statusCode()).isEqualTo(204);
    assertThat(edge.asked.poll()).isEqualTo(new ConversationQuery(ANNA, C1));
    assertThat(edge.asked.poll())
        .isEqualTo(new MoveCursors(List.of(), List.of(new Read(ANNA, PHONE, C1, 3))));

    edge.post(path, token, new JsonObject().put("lastReadMessageId", "c1.5"));
    assertThat(edge.asked.poll()).isEqualTo(new MessageQuery(ANNA, C1, 5));
    edge.asked.poll();
    assertThat(((MoveCursors) edge.asked.poll()).read().get(0).seq()).isEqualTo(4);

    for (String body :
        new String[] {
          "{}",
          "{\"seq\":-1}",
          "{\"seq\":\"3\"}",
          "{\"seq\":1,\"lastReadMessageId\":\"c1.5\"}",
          "{\"seq\":1.5}",
          "{\"seq\":1e30}",
          "{\"lastReadMessageId\":\"c2.5\"}"
        }) {
      problem(edge.post(path, token, body), 400, "bad_request");
    }
  }

  @Test
  void aBatchMovesManyAndCountsAnswer() {
    edge.receipts = moves -> Future.succeededFuture(Moved.all());
    String batch = "{\"read\":{\"c1\":3},\"delivered\":{\"c1\":5},\"x\":1}";
    assertThat(edge.post("/v1/receipts:batch", token, batch).statusCode()).isEqualTo(204);
    assertThat(edge.asked.poll())
        .isEqualTo(
            new MoveCursors(
                List.of(new Delivered(ANNA, PHONE, C1, 5, -1)),
                List.of(new Read(ANNA, PHONE, C1, 3))));
    assertThat(edge.post("/v1/receipts:batch", token, "{}").statusCode()).isEqualTo(204);
    problem(edge.post("/v1/receipts:batch", token, "{\"read\":[]}"), 400, "bad_request");
    problem(edge.post("/v1/receipts:batch", token, "{\"read\":{\"a b\":1}}"), 400, "bad_request");
    problem(
        edge.post("/v1/receipts:batch", token, "{\"read\":{\"c1\":\"1\"}}"), 400, "bad_request");
    problem(edge.get("/v1/receipts:batch", token), 405, "bad_request");

    UserId other = new UserId("u-b");
    for (String device : List.of("phone", "laptop", "tablet")) {
      edge.devices.signIn(
          other,
          new NewDevice(new DeviceId(device), device, "test", Optional.empty()),
          former -> Future.succeededFuture());
    }
    edge.receipts =
        query ->
            Future.succeededFuture(
                new Receipts(
                    List.of(
                        new MemberReceipt(
                            other,
                            4,
                            3,
                            List.of(
                                new DeviceReceipt(new DeviceId("phone"), 4),
                                new DeviceReceipt(new DeviceId("laptop"), 2),
                                new DeviceReceipt(new DeviceId("signed-out"), 4))),
                        new MemberReceipt(new UserId("u-c"), 2, 0, List.of()))));
    assertThat(edge.get("/v1/conversations/c1/receipts?seq=3", token).bodyAsString())
        .isEqualTo(
            "{\"seq\":3,\"items\":[{\"userId\":\"u-b\",\"deliveredSeq\":4,\"readSeq\":3},"
                + "{\"userId\":\"u-c\",\"deliveredSeq\":2,\"readSeq\":0}],"
                + "\"delivered\":1,\"read\":1,\"devices\":3,\"deliveredDevices\":1}");
    problem(edge.get("/v1/conversations/c1/receipts", token), 400, "bad_request");
  }

  private static void refused(JsonObject body, int status, String code) {
    problem(edge.post("/v1/messages", token, body), status, code);
  }

  private static JsonObject message() {
    return new JsonObject()
        .put("conversationId", "c1")
        .put("clientMsgId", "k1")
        .put("body", new JsonObject().put("text", "hi").put("format", "markdown"))
        .put("attachments", new JsonArray());
  }

  private static MessageAccepted accepted(boolean replayed) {
    return new MessageAccepted("c1.5", 4, 5, 9_001, AckMode.PERSISTED, replayed);
  }

  private static Change change(long changeSeq) {
    return new Change(
        C1,
        changeSeq,
        4,
        ChangeType.MESSAGE_NEW,
        ANNA,
        null,
        9_001,
        payload(changeSeq).getBytes(StandardCharsets.UTF_8));
  }

  private static String payload(long changeSeq) {
    return "{\"type\":\"message.new\",\"conversationId\":\"c1\",\"changeSeq\":"
        + changeSeq
        + ",\"message\":{\"messageId\":\"c1."
        + changeSeq
        + "\",\"seq\":4,\"body\":{\"text\":\"é\"}}}";
  }

  private static ConversationView view() {
    return new ConversationView(
        C1,
        ConversationType.GROUP,
        "T",
        ANNA,
        7_000,
        AckMode.PERSISTED,
        3,
        List.of(),
        ConversationSettings.NONE,
        Role.MEMBER);
  }
}
