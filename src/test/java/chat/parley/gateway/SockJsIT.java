package chat.parley.gateway;

import static chat.parley.gateway.GatewayFixture.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same frames over SockJS and its fallbacks. */
class SockJsIT {
  private GatewayFixture fixture;
  private HttpClient http;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    http = fixture.vertx.createHttpClient();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void itsRawWebSocketSpeaksTheSameFrames() throws Exception {
    SocketClient client =
        SocketClient.connect(
            fixture.vertx, fixture.gateway.httpPort(), "/v1/sockjs/websocket", null);
    client.enter(token("bob", "d", 60_000));
    fixture.deliver(List.of(fixture.commit("a")), "bob");
    assertThat(client.nextChanges(1)).containsExactly(1L);
    client.sayRaw("x".repeat(70_000));
    client.next("error");
    assertThat(client.next("closing").getInteger("code")).isEqualTo(4202);
    assertThat(client.closeCode()).isEqualTo(4202);
  }

  /**
   * It cannot be paused while the token is checked, so what comes then waits. The sync begins with
   * the welcome, and no order between its frames and an answer is promised.
   */
  @Test
  void whatIsSaidBeforeTheWelcomeIsDoneAfterIt() throws Exception {
    SocketClient client =
        SocketClient.connect(
            fixture.vertx, fixture.gateway.httpPort(), "/v1/sockjs/websocket", null);
    client.say("hello", null, new JsonObject().put("token", token("bob", "d", 60_000)));
    client.say("ping", "early", new JsonObject());

    client.next("welcome");
    List<String> after = new ArrayList<>();
    while (after.size() < 3) {
      after.add(client.nextFrame().getString("t"));
    }
    assertThat(after)
        .containsExactlyInAnyOrder("pong", "sync.begin", "sync.end")
        .containsSubsequence("sync.begin", "sync.end");
  }

  @Test
  void itsStreamingFallbackSpeaksTheSameFrames() throws Exception {
    HttpClientResponse stream =
        GatewayFixture.join(
            open("xhr_streaming")
                .compose(request -> request.send().onSuccess(HttpClientResponse::pause)));
    assertThat(stream.statusCode()).isEqualTo(200);
    StringBuffer heard = new StringBuffer();
    stream.handler(part -> heard.append(part.toString()));
    stream.resume();
    await().until(() -> heard.toString().contains("o\n"));
    say(
        new JsonObject()
            .put("t", "hello")
            .put("d", new JsonObject().put("token", token("bob", "d", 60_000))));
    await().until(() -> heard.toString().contains("sync.end"));
    fixture.deliver(List.of(fixture.commit("über")), "bob");
    await().until(() -> heard.toString().contains("\\\"changeSeq\\\":1"));
    say(new JsonObject().put("t", "nonsense").put("id", "7"));
    await().until(() -> heard.toString().contains("unknown frame type"));
  }

  @Test
  void aStreamThatIsNotReadIsCutThoughItsFirstLineIsGone() throws Exception {
    fixture.close();
    fixture = new GatewayFixture(GatewayFixture.settings(60_000, 262_144));
    http = fixture.vertx.createHttpClient();
    Future<Void> firstEnded =
        GatewayFixture.join(
            open("xhr_streaming")
                .compose(request -> request.send())
                .map(first -> first.handler(part -> {}).end().<Void>mapEmpty()));
    say(
        new JsonObject()
            .put("t", "hello")
            .put("d", new JsonObject().put("token", token("bob", "d", 60_000))));
    await().until(() -> fixture.registered.size() == 1);
    // SockJS ends a stream after 128 KiB; the client opens the next one.
    for (int i = 0; i < 20; i++) {
      fixture.deliver(List.of(fixture.commit("x".repeat(10_000))), "bob");
    }
    GatewayFixture.join(firstEnded);
    HttpClientResponse second =
        GatewayFixture.join(
            open("xhr_streaming").compose(r -> r.send().onSuccess(HttpClientResponse::pause)));
    for (int i = 0; i < 500 && fixture.metric("parley.gateway.slow.readers.cut") == 0; i++) {
      fixture.deliver(List.of(fixture.commit("x".repeat(10_000))), "bob");
    }
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(fixture.metric("parley.gateway.slow.readers.cut")).isEqualTo(1);
    await().atMost(Duration.ofSeconds(12)).until(fixture.registered::isEmpty);
  }

  @Test
  void theOtherFallbacksAreOffAndTheIframeStaysLocal() throws Exception {
    assertThat(status(HttpMethod.GET, "/v1/sockjs/1/abc/jsonp?c=x")).isEqualTo(404);
    assertThat(status(HttpMethod.GET, "/v1/sockjs/1/abc/htmlfile?c=x")).isEqualTo(404);
    assertThat(status(HttpMethod.GET, "/v1/sockjs/1/abc/eventsource")).isEqualTo(404);
    assertThat(status(HttpMethod.GET, "/v1/sockjs/info")).isEqualTo(200);
    assertThat(status(HttpMethod.GET, "/v1/ws")).isEqualTo(426);
    Buffer page =
        GatewayFixture.join(
            http.request(
                    HttpMethod.GET,
                    fixture.gateway.httpPort(),
                    "127.0.0.1",
                    "/v1/sockjs/iframe.html")
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body));
    assertThat(page.toString()).contains("src=\"/lib/sockjs.min.js\"").doesNotContain("://");
  }

  private Future<HttpClientRequest> open(String transport) {
    return http.request(
        HttpMethod.POST, fixture.gateway.httpPort(), "127.0.0.1", "/v1/sockjs/1/abc/" + transport);
  }

  private void say(JsonObject frame) throws Exception {
    HttpClientResponse answer =
        GatewayFixture.join(
            open("xhr_send")
                .compose(request -> request.send(new JsonArray().add(frame.encode()).encode())));
    assertThat(answer.statusCode()).isEqualTo(204);
  }

  private int status(HttpMethod method, String path) throws Exception {
    return GatewayFixture.join(
            http.request(method, fixture.gateway.httpPort(), "127.0.0.1", path)
                .compose(HttpClientRequest::send))
        .statusCode();
  }
}
