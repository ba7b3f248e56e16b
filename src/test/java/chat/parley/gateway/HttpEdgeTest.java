package chat.parley.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpEdgeTest {
  @TempDir static Path folder;
  private static EdgeServer edge;

  @BeforeAll
  static void start() {
    edge = new EdgeServer(folder);
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void probesAnswer() {
    assertThat(edge.get("/healthz", null).bodyAsJsonObject().getString("status")).isEqualTo("up");
    assertThat(edge.get("/readyz", null).statusCode()).isEqualTo(200);
    edge.waitingFor = List.of("cassandra");
    HttpResponse<Buffer> unready = edge.get("/readyz", null);
    edge.waitingFor = List.of();
    assertThat(unready.statusCode()).isEqualTo(503);
    problem(unready, 503, "unavailable");
    assertThat(unready.getHeader("Retry-After")).isEqualTo("1");
    assertThat(unready.bodyAsJsonObject().getJsonArray("waitingFor")).containsExactly("cassandra");
    assertThat(edge.get("/metrics", null).bodyAsString()).contains("parley_up 1.0");
  }

  @Test
  void theWebPageComesWithItsSafetyHeaders() {
    HttpResponse<Buffer> page = edge.get("/edge-test.txt", null);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.bodyAsString()).isEqualTo("served from web\n");
    assertThat(page.getHeader("Content-Security-Policy"))
        .contains("default-src 'self'", "frame-ancestors 'none'");
    assertThat(page.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.getHeader("Last-Modified")).isNotNull();
    assertThat(page.getHeader("Cache-Control")).contains("max-age=0");
  }

  @Test
  void theSockJsScriptComesFromTheWebjar() {
    HttpResponse<Buffer> script = edge.get("/lib/sockjs.min.js", null);
    assertThat(script.statusCode()).isEqualTo(200);
    assertThat(script.bodyAsString()).contains("SockJS");
    assertThat(script.getHeader("Content-Type")).startsWith("text/javascript");
  }

  @Test
  void whoTakesGzipGetsThePageCompressedAndOnlyOnce() throws IOException {
    for (String path : List.of("/", "/style.css", "/sdk/client.js", "/lib/marked.esm.js")) {
      HttpResponse<Buffer> plain = edge.get(path, null);
      HttpResponse<Buffer> gzip = compressed(path, "Accept-Encoding", "br, gzip");
      assertThat(plain.getHeader("Content-Encoding")).as(path).isNull();
      assertThat(gzip.getHeader("Content-Encoding")).as(path).isEqualTo("gzip");
      assertThat(gzip.getHeader("Vary")).isEqualToIgnoringCase("accept-encoding");
      assertThat(gzip.getHeader("Content-Security-Policy")).isNotNull();
      assertThat(gzip.getHeader("Content-Type").split(";")[0])
          .isEqualTo(plain.getHeader("Content-Type").split(";")[0]);
      try (GZIPInputStream in =
          new GZIPInputStream(new ByteArrayInputStream(gzip.body().getBytes()))) {
        assertThat(in.readAllBytes()).isEqualTo(plain.body().getBytes());
      }

      String etag = gzip.getHeader("ETag");
      HttpResponse<Buffer> again =
          compressed(path, "Accept-Encoding", "gzip", "If-None-Match", etag);
      assertThat(again.statusCode()).as(path).isEqualTo(304);
      assertThat(again.body()).isNull();
      HttpResponse<Buffer> other =
          compressed(path, "Accept-Encoding", "gzip", "If-None-Match", "\"other\"");
      assertThat(other.statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<Buffer> compressed(String path, String... headers) {
    return edge.call(HttpMethod.GET, path, null, null, headers);
  }

  @Test
  void nothingOutsideTheWebFolderIsServed() {
    for (String path :
        new String[] {
          "/../cql/auth.cql", "/%2e%2e/cql/auth.cql", "/..%2fcql/auth.cql", "/.hidden", "/nope",
          "/..%2fweb/app.js", "/..%5cweb%5capp.js", "/.%2e/chat.js", "/nope.js", "/lib/nope.js"
        }) {
      assertThat(edge.get(path, null).statusCode()).as(path).isBetween(400, 404);
      assertThat(compressed(path, "Accept-Encoding", "gzip").statusCode()).isBetween(400, 404);
    }
  }

  @Test
  void socketRoutesAreLaidBeforeTheRest() {
    assertThat(edge.get("/v1/ws", null).bodyAsString()).isEqualTo("socket");
  }

  @Test
  void unknownPathsAndMethodsAreProblems() {
    problem(edge.get("/v1/nope", null), 404, "not_found");
    problem(edge.post("/v1/nope", null, "{}"), 404, "not_found");
    problem(edge.get("/v1", null), 404, "not_found");
    problem(edge.call(HttpMethod.PUT, "/v1/accounts", null, "{}"), 405, "bad_request");
    problem(edge.get("/v1/accounts", null), 405, "bad_request");
    problem(edge.post("/nope", null, "{}"), 404, "not_found");
  }

  @Test
  void aPathSaysWhichMethodsItTakes() {
    Map<String, String> allowed =
        Map.of(
            "/v1/accounts", "OPTIONS, POST",
            "/v1/users/me", "GET, HEAD, OPTIONS, PATCH",
            "/v1/users/u-x", "GET, HEAD, OPTIONS",
            "/v1/conversations/c1/members/u-x", "DELETE, OPTIONS, PUT",
            "/v1/messages/c1.1", "DELETE, GET, HEAD, OPTIONS, PATCH",
            "/v1/receipts:batch", "OPTIONS, POST",
            "/v1/receipts%3Abatch", "OPTIONS, POST",
            "/healthz", "GET, HEAD, OPTIONS",
            "/", "GET, HEAD, OPTIONS");
    allowed.forEach(
        (path, methods) -> {
          HttpResponse<Buffer> refused = edge.call(HttpMethod.valueOf("LOCK"), path, null, null);
          problem(refused, 405, "bad_request");
          assertThat(refused.getHeader("Allow")).as(path).isEqualTo(methods);
          assertThat(refused.bodyAsJsonObject().getString("title")).isEqualTo("Method Not Allowed");
          HttpResponse<Buffer> options = edge.call(HttpMethod.OPTIONS, path, null, null);
          assertThat(options.statusCode()).as(path).isEqualTo(204);
          assertThat(options.getHeader("Allow")).isEqualTo(methods);
        });
    problem(edge.call(HttpMethod.OPTIONS, "/v1/nope", null, null), 404, "not_found");
  }

  @Test
  void headIsGetWithoutABody() {
    String token = edge.signedIn("head");
    for (String path : new String[] {"/v1/users/me", "/healthz", "/readyz", "/metrics"}) {
      HttpResponse<Buffer> get = edge.get(path, token);
      HttpResponse<Buffer> head = edge.call(HttpMethod.HEAD, path, token, null);
      assertThat(head.statusCode()).as(path).isEqualTo(200);
      assertThat(head.body()).as(path).isNull();
      assertThat(head.getHeader("Content-Type")).isEqualTo(get.getHeader("Content-Type"));
    }
    assertThat(edge.call(HttpMethod.HEAD, "/v1/users/me", null, null).statusCode()).isEqualTo(401);
  }

  @Test
  void otherMediaTypesAreRefused() {
    String token = edge.signedIn("media");
    JsonObject name = new JsonObject().put("displayName", "Media");
    for (String type :
        new String[] {
          "text/plain",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=b",
          "application/json; charset=iso-8859-1",
          "json"
        }) {
      HttpResponse<Buffer> answer =
          edge.call(HttpMethod.PATCH, "/v1/users/me", token, name, "Content-Type", type);
      problem(answer, 415, "bad_request");
      assertThat(answer.getHeader("Accept")).isEqualTo("application/json");
    }
    for (String type :
        new String[] {
          "Application/JSON", "application/json;charset=\"UTF-8\"", "application/a+json"
        }) {
      assertThat(
              edge.call(HttpMethod.PATCH, "/v1/users/me", token, name, "Content-Type", type)
                  .statusCode())
          .as(type)
          .isEqualTo(200);
    }
    for (String accept :
        new String[] {"text/html", "application/json;q=0, */*", "*/*; q=0.0", "x"}) {
      problem(
          edge.call(HttpMethod.GET, "/v1/users/me", token, null, "Accept", accept),
          406,
          "bad_request");
    }
    for (String accept :
        new String[] {
          "", "*/*", "text/html, application/*;q=0.5", "text/html, *; q=.2", "application/json"
        }) {
      assertThat(
              edge.call(HttpMethod.GET, "/v1/users/me", token, null, "Accept", accept).statusCode())
          .as(accept)
          .isEqualTo(200);
    }
  }

  @Test
  void whatIsNoRequestIsAProblemToo() throws Exception {
    Map<String, String> requests =
        Map.of(
            "GET /v1/users?query=" + "x".repeat(9_000) + " HTTP/1.1\r\n\r\n",
            "414 ",
            "GET / HTTP/1.1\r\nX-Y: " + "y".repeat(20_000) + "\r\n\r\n",
            "431 ",
            "POST /v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
            "400 ",
            "\u0001\r\n\r\n",
            "400 ");
    for (Map.Entry<String, String> request : requests.entrySet()) {
      String answer = edge.raw(request.getKey());
      assertThat(answer.substring(answer.indexOf(' ') + 1)).startsWith(request.getValue());
      assertThat(answer)
          .containsIgnoringCase("content-type: application/problem+json")
          .contains("\"code\":\"bad_request\"")
          .contains("\"status\":" + request.getValue().strip());
    }
  }

  @Test
  void bodiesAreBoundedAndMustBeJsonObjects() {
    problem(edge.post("/v1/accounts", null, "x".repeat(65_537)), 413, "payload_too_large");
    for (String body : new String[] {"{", "[]", "1", "null", "\"x\"", "{} {}", "\u0000"}) {
      problem(edge.post("/v1/accounts", null, body), 400, "bad_request");
    }
    for (String body :
        new String[] {
          "{\"handle\":\"strict1\",\"handle\":\"strict1\",\"password\":\"12345678\"}",
          "{\"handle\":\"strict2\",\"password\":\"12345678\",\"x\":"
              + "[".repeat(16)
              + "]".repeat(16)
              + "}",
          "{\"handle\":\"strict3\",\"password\":\"12345678\",\"x\":" + "9".repeat(21) + "}",
          "{\"handle\":\"strict4\",\"password\":\"12345678\",\"displayName\":\"\\ud800\"}"
        }) {
      problem(edge.post("/v1/accounts", null, body), 400, "bad_request");
    }
    byte[] overlong = "{\"handle\":\"strict5\",\"password\":\"1234567??\"}".getBytes(UTF_8);
    overlong[overlong.length - 4] = (byte) 0xC0;
    overlong[overlong.length - 3] = (byte) 0xAF;
    problem(edge.post("/v1/accounts", null, Buffer.buffer(overlong)), 400, "bad_request");
    problem(edge.post("/v1/accounts", null, "[".repeat(60_000)), 400, "bad_request");
    problem(edge.post("/v1/accounts", null, null), 400, "bad_request");
  }

  @Test
  void aRequestKeepsItsIdAndGetsOneWhereItHasNone() {
    HttpResponse<Buffer> answer = edge.get("/v1/nope", null);
    String id = answer.getHeader("X-Request-Id");
    assertThat(answer.bodyAsJsonObject().getString("requestId")).isEqualTo(id).isNotEmpty();
  }

  @Test
  void tokensAreCheckedAndNeverTakenFromTheUrl() {
    HttpResponse<Buffer> without = edge.get("/v1/users/me", null);
    problem(without, 401, "unauthenticated");
    assertThat(without.getHeader("WWW-Authenticate")).isEqualTo("Bearer");
    problem(edge.get("/v1/users/me", "nonsense"), 401, "unauthenticated");
    problem(edge.get("/v1/users/me", "a".repeat(9_000)), 401, "unauthenticated");

    String token = edge.signedIn("urla");
    assertThat(edge.get("/v1/users/me", token).statusCode()).isEqualTo(200);
    problem(edge.get("/v1/users/me?access_token=" + token, null), 400, "bad_request");
    problem(edge.get("/v1/users/me?token=" + token, token), 400, "bad_request");
  }

  @Test
  void webSocketCompressionIsOff() {
    HttpServerOptions options = HttpSettings.defaults().serverOptions(65_536);
    assertThat(options.getPerFrameWebSocketCompressionSupported()).isFalse();
    assertThat(options.getPerMessageWebSocketCompressionSupported()).isFalse();
    assertThat(options.getMaxWebSocketFrameSize()).isEqualTo(65_536);
  }

  static void problem(HttpResponse<Buffer> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(status);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    JsonObject problem = answer.bodyAsJsonObject();
    assertThat(problem.getString("code")).as(problem.encode()).isEqualTo(code);
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("requestId")).isNotEmpty();
    assertThat(problem.getString("detail")).isNotEmpty().doesNotContain("Exception", "io.vertx");
  }
}
