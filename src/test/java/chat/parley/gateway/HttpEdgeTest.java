package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.List;
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
    assertThat(unready.bodyAsString()).contains("cassandra");
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
  void nothingOutsideTheWebFolderIsServed() {
    for (String path :
        new String[] {
          "/../cql/auth.cql", "/%2e%2e/cql/auth.cql", "/..%2fcql/auth.cql", "/.hidden", "/nope"
        }) {
      assertThat(edge.get(path, null).statusCode()).as(path).isBetween(400, 404);
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
    for (String later : new String[] {"/v1/sync", "/v1/presence"}) {
      problem(edge.get(later, null), 404, "not_found");
    }
  }

  @Test
  void bodiesAreBoundedAndMustBeJsonObjects() {
    problem(edge.post("/v1/accounts", null, "x".repeat(65_537)), 413, "payload_too_large");
    for (String body : new String[] {"{", "[]", "1", "null", "\"x\"", "{} {}", "\u0000"}) {
      problem(edge.post("/v1/accounts", null, body), 400, "bad_request");
    }
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
