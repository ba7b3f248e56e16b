package chat.parley.gateway;

import static chat.parley.gateway.OperatorDoorTest.apart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.testing.ParleyServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node that is no gateway answers, and where. */
class ProbeDoorTest {
  private final Vertx vertx = Vertx.vertx();
  private final WebClient client = WebClient.create(vertx);
  private final List<String> waitingFor = new CopyOnWriteArrayList<>();
  private final Probes probes = new Probes(() -> "parley_up 1.0\n", () -> waitingFor);

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void probesAreAnsweredAndNothingElse() {
    int port = ProbeDoor.open(vertx, HttpSettings.defaults().withPort(0), probes).await();

    assertThat(get(port, "/healthz").bodyAsJsonObject().getString("status")).isEqualTo("up");
    assertThat(get(port, "/readyz").statusCode()).isEqualTo(200);
    waitingFor.add("Cassandra");
    assertThat(get(port, "/readyz").statusCode()).isEqualTo(503);
    assertThat(get(port, "/readyz").bodyAsString()).contains("Cassandra");
    assertThat(get(port, "/metrics").bodyAsString()).contains("parley_up 1.0");
    for (String path : List.of("/", "/v1/users/me", "/v1/ws", "/v1/admin/audit", "/docs")) {
      HttpResponse<Buffer> answer = get(port, path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.bodyAsJsonObject().getString("code")).isEqualTo("not_found");
    }
    assertThat(client.post(port, "127.0.0.1", "/metrics").send().await().statusCode())
        .isEqualTo(405);
  }

  @Test
  void whereTheOperatorHasAPortTheyAreThereAlone() {
    HttpSettings apart = apart(ParleyServer.freePort(), ParleyServer.freePort());
    int port = ProbeDoor.open(vertx, apart, probes).await();

    assertThat(port).isEqualTo(apart.operator().port());
    for (String path : List.of("/healthz", "/readyz", "/metrics")) {
      assertThat(get(port, path).statusCode()).as(path).isEqualTo(200);
    }
    assertThatThrownBy(() -> get(apart.port(), "/healthz")).isInstanceOf(ConnectException.class);
  }

  @Test
  void aTakenPortIsNamed() {
    HttpSettings apart = apart(ParleyServer.freePort(), ParleyServer.freePort());
    for (int port : List.of(apart.port(), apart.operator().port())) {
      vertx.createHttpServer().requestHandler(request -> {}).listen(port).await();
    }

    Vertx other = Vertx.vertx();
    try {
      assertThatThrownBy(() -> ProbeDoor.open(other, apart, probes).await())
          .hasMessageContaining("http.operator-port");
      HttpSettings one = HttpSettings.defaults().withPort(apart.port());
      assertThatThrownBy(() -> ProbeDoor.open(other, one, probes).await())
          .hasMessageContaining("http.port");
    } finally {
      other.close().await();
    }
  }

  private HttpResponse<Buffer> get(int port, String path) {
    return client.get(port, "127.0.0.1", path).send().await();
  }
}
