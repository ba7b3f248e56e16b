package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let at the dead letters; what is there and what becomes of it is tested with a broker. */
class DeadLetterRoutesTest {
  private static final String LETTERS = "/v1/admin/dead-letters";

  private record Call(HttpMethod method, String path) {}

  private static final List<Call> CALLS =
      List.of(
          new Call(HttpMethod.GET, LETTERS),
          new Call(HttpMethod.GET, LETTERS + "/abc"),
          new Call(HttpMethod.DELETE, LETTERS + "/abc"),
          new Call(HttpMethod.POST, LETTERS + "/abc/replay"));

  @TempDir private Path folder;
  private EdgeServer edge;

  @BeforeEach
  void open() {
    edge = new EdgeServer(folder);
  }

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void nobodyButAnAdminIsLetInWhateverIsAskedFor() {
    String anna = edge.signedIn("anna");
    for (Call call : CALLS) {
      assertProblem(edge.call(call.method(), call.path(), null, null), 401, "unauthenticated");
      assertProblem(edge.call(call.method(), call.path(), anna, null), 403, "forbidden");
    }
    assertProblem(edge.get(LETTERS + "?limit=0&state=odd", anna), 403, "forbidden");
  }

  @Test
  void theRightIsTheAccountsAndNotTheTokens() {
    String root = edge.signedIn("root");

    assertProblem(edge.get(LETTERS + "?limit=0", root), 400, "bad_request");
    assertProblem(edge.get(LETTERS + "?state=odd", root), 400, "bad_request");
    edge.accounts.remove("root");
    assertProblem(edge.get(LETTERS + "?limit=0", root), 403, "forbidden");
  }

  @Test
  void nobodyCanTakeAHandleThatIsNamedAsAnAdmins() {
    for (String handle : List.of("root", "ROOT")) {
      JsonObject account = new JsonObject().put("handle", handle).put("password", "long enough");
      assertProblem(edge.post("/v1/accounts", null, account), 409, "conflict");
    }
  }

  @Test
  void pathsSayWhatTheyTake() {
    String root = edge.signedIn("root");
    assertThat(edge.post(LETTERS, root, null).getHeader("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(edge.post(LETTERS + "/abc", root, null).getHeader("Allow"))
        .isEqualTo("DELETE, GET, HEAD, OPTIONS");
    assertThat(edge.get(LETTERS + "/abc/replay", root).getHeader("Allow"))
        .isEqualTo("OPTIONS, POST");
    assertThat(edge.call(HttpMethod.GET, LETTERS, root, null, "Accept", "text/html").statusCode())
        .isEqualTo(406);
  }

  @Test
  void withoutKafkaTheyAreUnavailableAndNotEmpty() {
    assertProblem(edge.get(LETTERS, edge.signedIn("root")), 503, "unavailable");
  }

  private static void assertProblem(HttpResponse<Buffer> answer, int status, String code) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.bodyAsJsonObject().getString("code")).isEqualTo(code);
  }
}
