package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Documented;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a server answers to what it cannot use: the problem of PROTOCOL or its close code, never a
 * stack trace, and nothing is stored.
 */
class BadInputIT {
  private static final String TOO_LONG = "x".repeat(16_385);
  private static final String EVIL = "https://evil.example";

  private final ParleyServer server = SharedServer.get();
  private final List<RawSocket> sockets = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();
  private Crowd crowd;
  private Crowd.Somebody ada;
  private String dm;
  private String strangersDm;
  private String token;

  @BeforeEach
  void twoTalkAndTwoOthers() {
    crowd = new Crowd(server);
    ada = crowd.somebody("ada");
    dm = Await.join(ada.api().createDm(crowd.somebody("bob").userId())).conversationId();
    Crowd.Somebody eve = crowd.somebody("eve");
    strangersDm = Await.join(eve.api().createDm(crowd.somebody("dee").userId())).conversationId();
    Await.join(ada.api().postMessage(dm, "first", "first"));
    Await.join(eve.api().postMessage(strangersDm, "first", "first"));
    token = ada.session().accessToken();
  }

  @AfterEach
  void nothingWasStoredAndNoTraceWasShown() {
    assertThat(Await.join(ada.api().changes(dm, 0, 100)).headChangeSeq()).isEqualTo(1);
    sockets.forEach(socket -> answers.addAll(socket.heard()));
    assertThat(answers)
        .noneMatch(
            answer ->
                answer.contains("Exception")
                    || answer.contains("chat.parley")
                    || answer.contains("java.")
                    || answer.contains("\\tat "));
    crowd.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {RawSocket.WS, RawSocket.SOCKJS})
  void aBadFrameIsAnsweredAndTheSocketGoesOn(String path) {
    RawSocket socket = socket(path).enter(token);
    Map<String, String> frames = new LinkedHashMap<>();
    frames.put("{\"t\":\"message.send\",\"d\":{", "bad_request");
    frames.put("", "bad_request");
    frames.put("[]", "bad_request");
    frames.put("null", "bad_request");
    frames.put("\"hello\"", "bad_request");
    frames.put("{}", "bad_request");
    frames.put("{\"t\":7}", "bad_request");
    frames.put("{\"t\":\"ping\"} {\"t\":\"ping\"}", "bad_request");
    frames.put("{\"t\":\"ping\",\"d\":" + "[".repeat(500) + "]".repeat(500) + "}", "bad_request");
    frames.put("{\"t\":\"ping\",\"d\":[]}", "bad_request");
    frames.put("{\"t\":\"ping\",\"id\":{}}", "bad_request");
    frames.put("{\"t\":\"no.such\",\"id\":\"1\"}", "bad_request");
    frames.put("{\"t\":\"message.edit\",\"id\":\"1\",\"d\":{}}", "bad_request");
    frames.put("{\"t\":\"hello\",\"d\":{\"token\":\"again\"}}", "bad_request");
    frames.put(send("{}"), "bad_request");
    frames.put(send("{\"conversationId\":\"%s\",\"clientMsgId\":\"x\"}"), "bad_request");
    frames.put(send("{\"conversationId\":\"%s\",\"body\":{\"text\":\"x\"}}"), "bad_request");
    frames.put(send("{\"clientMsgId\":\"x\",\"body\":{\"text\":\"x\"}}"), "bad_request");
    frames.put(message(dm, "a b", "x"), "bad_request");
    frames.put(message(dm, "i".repeat(65), "x"), "bad_request");
    frames.put(message(dm, "empty", ""), "bad_request");
    frames.put(message(dm, "long", TOO_LONG), "payload_too_large");
    frames.put(message(dm, "wide", "ü".repeat(8_193)), "payload_too_large");
    frames.put(message("no-such", "x", "x"), "not_found");
    frames.put(message("../../etc", "x", "x"), "bad_request");
    frames.put(
        "{\"t\":\"receipt.read\",\"id\":\"1\",\"d\":{\"conversationId\":\""
            + dm
            + "\",\"seq\":-1}}",
        "bad_request");
    frames.put(
        "{\"t\":\"sync\",\"id\":\"1\",\"d\":{\"conversationId\":\"" + dm + "\"}}", "bad_request");
    frames.forEach(
        (frame, code) -> {
          socket.sayRaw(frame);
          JsonObject error = socket.await("error");
          assertThat(error.getString("code")).as(frame).isEqualTo(code);
          assertThat(error.getString("detail")).as(frame).isNotBlank();
          assertThat(error.getBoolean("retryable")).as(frame).isFalse();
        });
    socket.say("ping", "still", new JsonObject());
    assertThat(socket.await("pong").getString("frameId")).isEqualTo("still");
  }

  @ParameterizedTest
  @ValueSource(strings = {RawSocket.WS, RawSocket.SOCKJS})
  void whatIsNotTheProtocolClosesTheSocketForGood(String path) {
    RawSocket binary = socket(path).enter(token);
    binary.sayBytes(Buffer.buffer(new byte[] {0, 1, 2}));
    assertThat(binary.await("error").getString("code")).isEqualTo("bad_request");
    RawSocket large = socket(path).enter(token);
    large.sayRaw(message(dm, "large", "x".repeat(66_000)));
    assertThat(large.await("error").getString("code")).isEqualTo("payload_too_large");
    RawSocket eager = socket(path);
    eager.sayRaw(message(dm, "eager", "x"));
    assertThat(eager.await("error").getString("code")).isEqualTo("bad_request");
    RawSocket garbled = socket(path);
    garbled.sayRaw("{\"t\":\"hello\"");
    RawSocket empty = socket(path);
    empty.say("hello", "h", new JsonObject());
    for (RawSocket socket : List.of(large, eager, garbled, empty)) {
      assertThat(socket.closeCode()).isEqualTo(4202);
    }
    if (path.equals(RawSocket.WS)) {
      // SockJS does not tell binary from text: there it is a frame that is no JSON.
      assertThat(binary.closeCode()).isEqualTo(4202);
    }
    RawSocket huge = socket(path).enter(token);
    huge.sayRaw("x".repeat(400_000));
    huge.closeCode();
  }

  @Test
  void aSocketThatDoesNotSayHelloIsClosed() {
    long openedAt = System.nanoTime();
    assertThat(socket(RawSocket.WS).closeCode()).isEqualTo(4002);
    assertThat((System.nanoTime() - openedAt) / 1e9).isBetween(4.5, 15.0);
  }

  @Test
  void anotherUsersConversationIsAsUnknownAsOneThatIsNotThere() throws Exception {
    RawSocket socket = socket(RawSocket.WS).enter(token);
    String unknown = strangersDm.substring(0, strangersDm.length() - 2) + "zz";
    List<JsonObject> refusals = new ArrayList<>();
    for (String conversation : List.of(strangersDm, unknown)) {
      socket.send(conversation, "x", "x");
      refusals.add(bare(socket.await("error")));
      socket.say("sync", "x", new JsonObject().put("conversationId", conversation).put("after", 0));
      refusals.add(bare(socket.await("error")));
      socket.say(
          "receipt.read", "r", new JsonObject().put("conversationId", conversation).put("seq", 1));
      refusals.add(bare(socket.await("error")));
      String at = "/v1/conversations/" + conversation;
      for (String path : List.of("", "/members", "/messages", "/changes", "/receipts?seq=1")) {
        HttpResponse<String> answer = call("GET", at + path, token, null);
        assertThat(answer.statusCode()).as(path).isEqualTo(404);
        refusals.add(bare(new JsonObject(answer.body())));
      }
      refusals.add(problem(404, "not_found", "POST", at + "/read", "{\"seq\":1}"));
      refusals.add(problem(404, "not_found", "PATCH", at, "{\"title\":\"x\"}"));
      refusals.add(problem(404, "not_found", "PUT", at + "/members/" + ada.userId(), "{}"));
      refusals.add(problem(404, "not_found", "POST", "/v1/messages", sent(conversation, "x", "x")));
    }
    int half = refusals.size() / 2;
    assertThat(refusals.subList(0, half)).isEqualTo(refusals.subList(half, refusals.size()));
    assertThat(refusals).allMatch(refusal -> "not_found".equals(refusal.getString("code")));
  }

  @Test
  void aBadRequestIsAProblem() throws Exception {
    String messages = "/v1/messages";
    problem(400, "bad_request", "POST", messages, "{\"conversationId\":");
    problem(400, "bad_request", "POST", messages, "");
    problem(400, "bad_request", "POST", messages, "[]");
    problem(400, "bad_request", "POST", messages, "{\"conversationId\":\"" + dm + "\"}");
    problem(400, "bad_request", "POST", messages, sent(dm, "a b", "x"));
    problem(400, "bad_request", "POST", messages, sent(dm, "empty", ""));
    problem(413, "payload_too_large", "POST", messages, sent(dm, "long", TOO_LONG));
    problem(413, "payload_too_large", "POST", messages, sent(dm, "huge", "x".repeat(70_000)));
    problem(404, "not_found", "POST", messages, sent("no-such", "x", "x"));
    problem(404, "not_found", "GET", "/v1/no-such", null);
    problem(404, "not_found", "GET", "/v1/messages/no-such", null);
    problem(404, "not_found", "GET", "/v1/conversations/..%2f..%2fetc", null);
    String changes = "/v1/conversations/" + dm + "/changes";
    problem(400, "bad_request", "GET", changes + "?after=-1", null);
    problem(400, "bad_request", "GET", changes + "?after=1e9", null);
    problem(400, "bad_request", "GET", changes + "?limit=many", null);
    problem(400, "bad_request", "POST", "/v1/conversations", "{\"type\":\"club\"}");
    problem(400, "bad_request", "POST", "/v1/conversations", "{\"type\":\"channel\",\"title\":7}");
    problem(400, "bad_request", "POST", "/v1/conversations", "{\"type\":\"dm\"}");
    problem(400, "bad_request", "POST", "/v1/accounts", "{\"handle\":\"a b\",\"password\":\"x\"}");
  }

  @Test
  void aTokenInAUrlIsNoToken() throws Exception {
    for (String name : List.of("token", "access_token", "accessToken")) {
      HttpResponse<String> answer =
          call("GET", "/v1/conversations?" + name + "=" + token, null, null);
      assertThat(answer.statusCode()).isIn(400, 401);
      for (String path : List.of(RawSocket.WS, RawSocket.SOCKJS)) {
        assertThat(refusedUpgrade(path + "?" + name + "=" + token, null)).isEqualTo(400);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {RawSocket.WS, RawSocket.SOCKJS, "/v1/sockjs/123/abcdefgh/websocket"})
  void aPageOfAnotherOriginOpensNoSocket(String path) {
    assertThat(refusedUpgrade(path, EVIL)).isEqualTo(403);
  }

  private int refusedUpgrade(String path, String origin) {
    Throwable refused =
        Await.join(
            RawSocket.open(crowd.vertx(), server.port(), path, origin)
                .transform(done -> Future.succeededFuture(done.cause())));
    assertThat(refused).isInstanceOf(UpgradeRejectedException.class);
    UpgradeRejectedException upgrade = (UpgradeRejectedException) refused;
    JsonObject problem = new JsonObject(upgrade.getBody());
    assertThat(upgrade.getHeaders().get("X-Request-Id"))
        .isEqualTo(problem.getString("requestId"))
        .isNotBlank();
    return upgrade.getStatus();
  }

  @Test
  void theInboxIsPagedByPlaceAlsoWhereALineMovesUp() throws Exception {
    Deque<String> groups = new ArrayDeque<>();
    for (int i = 0; i < 5; i++) {
      JsonObject made = new JsonObject(created("{\"type\":\"group\",\"memberIds\":[]}").body());
      groups.push(made.getString("conversationId"));
      Await.join(ada.api().postMessage(groups.peek(), "m" + i, "x"));
    }
    List<String> newestFirst = List.copyOf(groups);
    JsonObject first = inbox("?limit=2");
    assertThat(conversations(first)).isEqualTo(newestFirst.subList(0, 2));
    Await.join(ada.api().postMessage(newestFirst.get(1), "up", "x"));
    JsonObject second = inbox("?limit=2&cursor=" + first.getString("nextCursor"));
    assertThat(conversations(second)).isEqualTo(newestFirst.subList(2, 4));
    for (String cursor : List.of("nonsense", "~", "x~y", "%00")) {
      problem(400, "bad_request", "GET", "/v1/conversations?cursor=" + cursor, null);
    }
    problem(400, "bad_request", "GET", "/v1/conversations/" + dm + "/members?cursor=%00", null);
  }

  private HttpResponse<String> created(String body) throws Exception {
    HttpResponse<String> answer = call("POST", "/v1/conversations", token, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return answer;
  }

  private JsonObject inbox(String query) throws Exception {
    return new JsonObject(call("GET", "/v1/conversations" + query, token, null).body());
  }

  private static List<String> conversations(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getJsonObject("conversation").getString("conversationId"))
        .toList();
  }

  private RawSocket socket(String path) {
    RawSocket socket = crowd.socket(path);
    sockets.add(socket);
    return socket;
  }

  private String send(String data) {
    return "{\"t\":\"message.send\",\"id\":\"1\",\"d\":" + data.replace("%s", dm) + "}";
  }

  private static String message(String conversation, String clientMsgId, String text) {
    return "{\"t\":\"message.send\",\"id\":\"1\",\"d\":"
        + sent(conversation, clientMsgId, text)
        + "}";
  }

  private static String sent(String conversation, String clientMsgId, String text) {
    return new JsonObject()
        .put("conversationId", conversation)
        .put("clientMsgId", clientMsgId)
        .put("body", new JsonObject().put("text", text))
        .encode();
  }

  private JsonObject problem(int status, String code, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = call(method, path, token, body);
    assertThat(answer.statusCode()).as("%s %s %s", path, body, answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("code")).as(answer.body()).isEqualTo(code);
    assertThat(problem.getString("requestId")).as(answer.body()).isNotBlank();
    return bare(problem);
  }

  private HttpResponse<String> call(String method, String path, String bearer, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.httpUrl() + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (bearer != null) {
      request.header("Authorization", "Bearer " + bearer);
    }
    HttpResponse<String> answer = Documented.send(request.build());
    answers.add(answer.body());
    return answer;
  }

  /** Without what differs from request to request. */
  private static JsonObject bare(JsonObject problem) {
    JsonObject bare = problem.copy();
    bare.remove("requestId");
    bare.remove("frameId");
    return bare;
  }
}
