package chat.parley.gateway;

import static chat.parley.gateway.OperatorDoorTest.apart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import chat.parley.testing.ParleyServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a gateway that waits for its stores answers at which port, and what follows it there. */
class WaitingDoorTest {
  private static final Probes WAITING =
      new Probes(() -> "parley_up 1.0\n", () -> List.of("Cassandra"));

  private final HttpSettings http = apart(ParleyServer.freePort(), ParleyServer.freePort());
  private GatewayFixture fixture;
  private Vertx vertx;
  private WebClient client;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    vertx = fixture.vertx;
    client = WebClient.create(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void theOperatorsPortAnswersWhileTheNodeWaits() {
    WaitingDoor.open(vertx, http, WAITING).await();

    for (int port : List.of(http.port(), http.operator().port())) {
      assertThat(get(port, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(port, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(port, "/readyz").bodyAsString()).contains("Cassandra");
      assertThat(get(port, "/v1/admin/audit").statusCode()).isEqualTo(503);
    }
    assertThat(get(http.operator().port(), "/metrics").bodyAsString()).contains("parley_up 1.0");
    assertThat(get(http.port(), "/metrics").statusCode()).isEqualTo(503);
  }

  @Test
  void withoutAPortOfTheOperatorsAllIsOnOne() {
    HttpSettings one = HttpSettings.defaults().withPort(http.port());
    WaitingDoor.open(vertx, one, WAITING).await();

    assertThat(get(one.port(), "/metrics").bodyAsString()).contains("parley_up 1.0");
  }

  @Test
  void aTakenPortOfTheOperatorsIsNamed() {
    vertx.createHttpServer().requestHandler(request -> {}).listen(http.operator().port()).await();

    Vertx other = Vertx.vertx();
    try {
      assertThatThrownBy(() -> WaitingDoor.open(other, http, WAITING).await())
          .hasMessageContaining("http.operator-port");
    } finally {
      other.close().await();
    }
  }

  @Test
  void bothPortsGoOverToTheGatewayAndRefuseNobody() throws Exception {
    WaitingDoor door = WaitingDoor.open(vertx, http, WAITING).await();
    try (Knocking everybody = new Knocking(http.port(), "/healthz");
        Knocking operator = new Knocking(http.operator().port(), "/metrics")) {
      everybody.awaitOneMore();
      operator.awaitOneMore();
      fixture.gateway = fixture.replace(http);
      door.close().await();
      everybody.awaitOneMore();
      operator.awaitOneMore();

      for (Knocking each : List.of(everybody, operator)) {
        assertThat(each.faults).isEmpty();
        // One at a time: only one can stand there unread when the door closes.
        assertThat(each.answers.stream().filter(String::isEmpty).count()).isLessThanOrEqualTo(1);
      }
    }
    assertThat(get(http.operator().port(), "/metrics").bodyAsString()).isEqualTo("meters");
  }

  private HttpResponse<Buffer> get(int port, String path) {
    return client.get(port, "127.0.0.1", path).send().await();
  }

  /** Connects again and again, and asks once by each connection. */
  private static final class Knocking implements AutoCloseable {
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final int port;
    private final String path;
    private final Thread thread = new Thread(this::knock, "knocking");
    private volatile boolean over;

    Knocking(int port, String path) {
      this.port = port;
      this.path = path;
      thread.start();
    }

    private void knock() {
      while (!over) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
          socket.setSoTimeout(10_000);
          socket
              .getOutputStream()
              .write(
                  ("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                      .getBytes(StandardCharsets.US_ASCII));
          answers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException refused) {
          faults.add(refused.toString());
        }
      }
    }

    /** It may be asking now, so the one after that. */
    void awaitOneMore() {
      int enough = answers.size() + faults.size() + 2;
      await().until(() -> answers.size() + faults.size() >= enough);
    }

    @Override
    public void close() {
      over = true;
      await().until(() -> !thread.isAlive());
    }
  }
}
