package chat.parley.gateway;

import static chat.parley.gateway.GatewayFixture.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.event.Change;
import chat.parley.model.UserId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What time and slow peers do to sockets. */
class SocketCareIT {
  private GatewayFixture fixture;

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void aSilentClientIsClosedAndATalkingOneIsNot() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    SocketClient silent = fixture.connect().enter(token("bob", "silent", 600_000));
    SocketClient talking = fixture.connect().enter(token("bob", "talking", 600_000));
    long almost = GatewayFixture.fast().silenceMs() * 2 / 3;
    fixture.clock.pass(almost);
    assertAnswers(talking, "first");
    fixture.clock.pass(almost);
    assertThat(silent.closeCode()).isEqualTo(4008);
    fixture.awaitLookAt("talking");
    assertAnswers(talking, "second");
  }

  private static void assertAnswers(SocketClient client, String id) throws InterruptedException {
    client.say("ping", id, new JsonObject());
    JsonObject frame = client.nextFrame();
    assertThat(frame.getString("t")).isEqualTo("pong");
    assertThat(frame.getString("id")).isEqualTo(id);
  }

  @Test
  void whatIsNotAckedIsSentAgainFromTheAckOn() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.settings(100, 1 << 20));
    SocketClient client = fixture.enter("bob", "d");
    fixture.deliver(List.of(fixture.commit("a"), fixture.commit("b")), "bob");
    assertThat(client.nextChanges(2)).containsExactly(1L, 2L);
    assertThat(client.nextChanges(2)).containsExactly(1L, 2L);
    client.say(
        "receipt.delivered",
        null,
        new JsonObject().put("cursors", new JsonObject().put("room", 1)));
    // The ack may cross with one more turn of both.
    JsonObject next = client.next("message.new");
    while (next.getLong("changeSeq") == 1) {
      client.next("message.new");
      next = client.next("message.new");
    }
    assertThat(next.getLong("changeSeq")).isEqualTo(2);
  }

  @Test
  void whatIsNeverAckedIsSentAgainSoOftenAndNotForEver() throws Exception {
    GatewaySettings settings = GatewayFixture.settings(100, 1 << 20);
    fixture = new GatewayFixture(settings);
    SocketClient client = fixture.connect().enter(token("bob", "d", 600_000));
    fixture.deliver(List.of(fixture.commit("a")), "bob");
    for (int sent = 0; sent <= settings.resendAttempts(); sent++) {
      assertThat(client.nextChanges(1)).containsExactly(1L);
    }
    fixture.clock.pass(settings.silenceMs() / 2); // one more would be due long ago
    fixture.awaitLookAt("d");
    assertThat(fixture.metric("parley.gateway.resends")).isEqualTo(settings.resendAttempts());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/ws", "/v1/sockjs/1/slow/websocket"})
  void aReaderThatStopsIsCutAndCostsLittle(String path) throws Exception {
    int bound = 262_144;
    fixture = new GatewayFixture(GatewayFixture.settings(60_000, bound));
    SocketClient fast = fixture.enter("bob", "fast");
    SocketClient slow =
        SocketClient.connectQuietly(fixture.vertx, fixture.gateway.httpPort(), path);
    String hello =
        new JsonObject()
            .put("t", "hello")
            .put("d", new JsonObject().put("token", token("bob", "slow", 60_000)))
            .encode();
    slow.sayRaw(path.contains("sockjs") ? new JsonArray().add(hello).encode() : hello);
    await().until(() -> fixture.registered.size() == 2);
    slow.socket().pause();
    int sent = 0;
    while (fixture.metric("parley.gateway.slow.readers.cut") == 0 && sent < 4_000) {
      List<Change> batch = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        batch.add(fixture.commit("x".repeat(10_000)));
      }
      fixture.deliver(batch, "bob");
      assertThat(fast.nextChanges(10)).contains(sent + 1L, sent + 10L);
      sent += 10;
      assertThat(waiting()).isLessThanOrEqualTo(2.0 * bound); // the slow one's and the fast one's
    }
    assertThat(fixture.metric("parley.gateway.slow.readers.cut")).isEqualTo(1);
    assertThat(fixture.meters.get("parley.gateway.closes").tag("code", "4010").counter().count())
        .isEqualTo(1);
    await().atMost(Duration.ofSeconds(12)).until(() -> fixture.registered.size() == 1);
    await().until(() -> waiting() == 0);
    slow.socket().resume();
    fixture.deliver(List.of(fixture.commit("still there")), "bob");
    assertThat(fast.nextChanges(1)).containsExactly(sent + 1L);
  }

  /** What waits in the gateway's memory for all its sockets. */
  private double waiting() {
    return fixture.gauge("parley.gateway.bytes.waiting");
  }

  @Test
  void aDrainingGatewayTellsAndClosesAndFinishesWhatIsUnderWay() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    SocketClient client = fixture.enter("bob", "d");
    GatewayFixture.join(fixture.vertx.undeploy(fixture.gateway.deploymentID()));
    assertThat(client.next("server.draining").getLong("reconnectAfterMs")).isBetween(0L, 5_000L);
    assertThat(client.closeCode()).isEqualTo(4011);
    assertThat(fixture.registered).isEmpty();
  }

  @Test
  void afterASplitOfTheClusterEveryDeviceIsSentToItsSync() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    SocketClient client = fixture.enter("bob", "d");
    SocketClient other = fixture.enter("bob", "e");
    fixture.reunions.forEach(Runnable::run);
    assertThat(client.closeCode()).isEqualTo(4000);
    assertThat(other.closeCode()).isEqualTo(4000);
  }

  @Test
  void whoseDevicesTheClusterHadLostComesBackToSyncAndNobodyElse() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    SocketClient bob = fixture.enter("bob", "d");
    SocketClient ann = fixture.enter("ann", "e");
    fixture.losses.forEach(loss -> loss.accept(new UserId("bob")));
    assertThat(bob.closeCode()).isEqualTo(4000);
    ann.say("ping", null, new JsonObject());
    ann.next("pong");
  }
}
