package chat.parley.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A check that finds nothing would keep every test green: it must find these. */
class DocumentedTest {
  private static final String SEND = "/v1/messages";

  private static JsonObject ack() {
    return new JsonObject()
        .put("conversationId", "c1")
        .put("clientMsgId", "m1")
        .put("messageId", "c1.1")
        .put("seq", 1)
        .put("changeSeq", 1)
        .put("createdAt", "2026-11-25T09:33:05.771Z")
        .put("durability", "persisted")
        .put("replayed", false);
  }

  private static JsonObject problem(int status, String code) {
    return new JsonObject()
        .put("type", "about:blank")
        .put("title", "Words")
        .put("status", status)
        .put("code", code)
        .put("detail", "words")
        .put("retryable", false)
        .put("requestId", "r1");
  }

  private static Optional<String> answered(String method, String path, int status, String body) {
    return answered(method, path, status, body, Map.of());
  }

  private static Optional<String> answered(
      String method, String path, int status, String body, Map<String, String> more) {
    Map<String, String> headers = new HashMap<>();
    headers.put("X-Request-Id", "r1");
    headers.put("Content-Type", status < 400 ? "application/json" : "application/problem+json");
    headers.putAll(more);
    return Documented.REST.fault(method, path, status, headers::get, body);
  }

  private static Optional<String> sent(UnaryOperator<JsonObject> alter) {
    return answered("POST", SEND, 201, alter.apply(ack()).encode());
  }

  @Test
  void anAnswerAsDocumentedIsRight() {
    assertThat(sent(ack -> ack)).isEmpty();
    assertThat(answered("POST", SEND, 404, problem(404, "not_found").encode())).isEmpty();
    assertThat(answered("GET", "/v1/users/me/settings?x=1", 200, "{\"privateReceipts\":true}"))
        .isEmpty();
    assertThat(answered("HEAD", "/v1/users/me/settings", 200, "")).isEmpty();
    assertThat(answered("POST", "/v1/receipts%3Abatch", 204, "")).isEmpty();
    assertThat(answered("POST", SEND, 415, problem(415, "bad_request").encode())).isEmpty();
    assertThat(answered("GET", "/v1/nope", 404, problem(404, "not_found").encode())).isEmpty();
  }

  @Test
  void aFieldThatIsNotDocumentedOrMissingOrOfAnotherTypeIsFound() {
    assertThat(sent(ack -> ack.put("extra", 1))).isPresent();
    assertThat(sent(ack -> without(ack, "durability"))).isPresent();
    assertThat(sent(ack -> ack.put("seq", "1"))).isPresent();
    assertThat(sent(ack -> ack.put("seq", 0))).isPresent();
    assertThat(sent(ack -> ack.put("durability", "perhaps"))).isPresent();
    assertThat(sent(ack -> ack.put("createdAt", "2026-11-25T09:33:05Z"))).isPresent();
    assertThat(answered("POST", SEND, 404, problem(404, "no_such_word").encode())).isPresent();
    assertThat(answered("POST", SEND, 201, "[]")).isPresent();
    assertThat(answered("POST", SEND, 201, "")).isPresent();
    JsonObject hidden = new JsonObject().put("cursor", "x").put("hasMore", false);
    hidden.put("receipts", new JsonArray()).put("reset", new JsonArray());
    hidden.put("changes", new JsonArray().add(new JsonObject().put("type", "secret")));
    assertThat(answered("GET", "/v1/sync", 200, hidden.encode())).isPresent();
  }

  private static JsonObject without(JsonObject json, String field) {
    json.remove(field);
    return json;
  }

  @Test
  void aStatusCallOrHeaderThatIsNotDocumentedIsFound() {
    assertThat(answered("POST", SEND, 202, ack().encode())).isPresent();
    assertThat(answered("GET", "/v1/users", 404, problem(404, "not_found").encode())).isPresent();
    assertThat(answered("GET", "/v1/nope", 200, "{}")).isPresent();
    assertThat(answered("POST", SEND, 200, ack().encode())).as("without Replayed").isPresent();
    assertThat(answered("POST", SEND, 200, ack().encode(), Map.of("Replayed", "true"))).isEmpty();
    String busy = problem(503, "overloaded").put("retryable", true).put("retryAfterMs", 5).encode();
    assertThat(answered("POST", SEND, 503, busy)).as("without Retry-After").isPresent();
    assertThat(answered("POST", SEND, 503, busy, Map.of("Retry-After", "soon"))).isPresent();
    assertThat(answered("POST", SEND, 503, busy, Map.of("Retry-After", "1"))).isEmpty();
    assertThat(answered("POST", SEND, 201, ack().encode(), Map.of("Content-Type", "text/html")))
        .isPresent();
  }

  @Test
  void aFrameThatIsNotDocumentedIsFound() {
    for (String right :
        List.of(
            frame("ack", ack()),
            frame("ack", new JsonObject().put("expiresAt", "2026-11-25T10:00:00.000Z")),
            frame("error", problem(403, "read_only")),
            news("sync.begin", new JsonObject()))) {
      assertThat(Documented.SOCKET.fault(right)).isEmpty();
    }
    for (String wrong :
        List.of(
            news("gossip", new JsonObject()),
            news("message.send", new JsonObject()),
            news("sync.begin", new JsonObject().put("extra", 1)),
            frame("ack", ack().put("extra", 1)),
            frame("ack", without(ack(), "seq")),
            news("typing", new JsonObject().put("conversationId", "c1").put("userId", "u1")),
            new JsonObject(frame("ack", ack())).put("extra", 1).encode(),
            "{}",
            "no JSON")) {
      assertThat(Documented.SOCKET.fault(wrong)).as(wrong).isPresent();
    }
  }

  private static String news(String type, JsonObject data) {
    return new JsonObject().put("t", type).put("d", data).encode();
  }

  private static String frame(String type, JsonObject data) {
    return new JsonObject().put("t", type).put("id", "1").put("d", data).encode();
  }
}
