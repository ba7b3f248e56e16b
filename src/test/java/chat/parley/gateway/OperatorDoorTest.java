package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.gateway.HttpSettings.OperatorDoor;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which port answers what an operator asks. */
class OperatorDoorTest {
  private static final List<String> OPERATORS =
      List.of("/metrics", "/v1/admin/audit", "/v1/admin/dead-letters");

  @TempDir private Path folder;

  @Test
  void withoutAPortOfItsOwnEverythingIsOnOne() {
    try (EdgeServer edge = new EdgeServer(folder)) {
      assertThat(edge.get("/metrics", null).statusCode()).isEqualTo(200);
      assertThat(edge.get("/v1/admin/audit", edge.signedIn("root")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withOneTheOperatorsThingsAreThereAlone() {
    try (EdgeServer edge = new EdgeServer(folder, true, apart(0, 1))) {
      String root = edge.signedIn("root");
      for (String path : OPERATORS) {
        assertThat(edge.get(path, root).statusCode()).as(path).isEqualTo(404);
      }
      assertThat(edge.get("/healthz", null).statusCode()).isEqualTo(200);
      assertThat(edge.get("/readyz", null).statusCode()).isEqualTo(200);
      WebClient client = WebClient.create(edge.vertx);
      for (String path : List.of("/metrics", "/v1/admin/audit", "/healthz", "/readyz")) {
        assertThat(at(edge, client, path, root).statusCode()).as(path).isEqualTo(200);
      }
      assertThat(at(edge, client, "/v1/admin/audit", "nonsense").statusCode()).isEqualTo(401);
      assertThat(at(edge, client, "/v1/admin/audit", edge.signedIn("anna")).statusCode())
          .isEqualTo(403);
      for (String path : List.of("/v1/users/me", "/v1/ws", "/", "/index.html")) {
        assertThat(at(edge, client, path, root).statusCode()).as(path).isEqualTo(404);
      }
    }
  }

  /** With a port that is the operator's own. */
  static HttpSettings apart(int port, int operatorPort) {
    HttpSettings defaults = HttpSettings.defaults();
    return new HttpSettings(
        defaults.host(),
        port,
        defaults.maxBodyBytes(),
        defaults.idleTimeoutSeconds(),
        Optional.empty(),
        new OperatorDoor("127.0.0.1", operatorPort));
  }

  private static HttpResponse<Buffer> at(
      EdgeServer edge, WebClient client, String path, String token) {
    return client
        .get(edge.operatorPort(), "127.0.0.1", path)
        .bearerTokenAuthentication(token)
        .send()
        .await();
  }
}
