package chat.parley.gateway;

import static chat.parley.gateway.GatewayFixture.ROOM;
import static chat.parley.gateway.GatewayFixture.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import chat.parley.bus.DeliveryMessages.CloseDevice;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.testing.ParleyServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The frames of PROTOCOL, end to end over real sockets. */
class SocketSideIT {
  private GatewayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void aGatewayThatCannotListenIsWaitedForByNobody() {
    GatewayVerticle second = fixture.gatewayAt(fixture.gateway.httpPort(), GatewayFixture.fast());
    fixture.open = false;

    assertThatThrownBy(() -> GatewayFixture.join(fixture.vertx.deployVerticle(second)))
        .hasMessageContaining("http.port");

    assertThat(fixture.open).isFalse();
  }

  @Test
  void aSocketWithoutHelloIsClosed() throws Exception {
    SocketClient client = fixture.connect();
    await().until(() -> fixture.gauge("parley.gateway.connections") == 1);
    fixture.clock.pass(GatewayFixture.HELLO_WITHIN_MS + 1);
    assertThat(client.closeCode()).isEqualTo(4002);
  }

  @Test
  void somethingElseThanHelloIsBadProtocol() throws Exception {
    SocketClient client = fixture.connect();
    client.say("ping", "1", new JsonObject());
    JsonObject frame = client.nextFrame();
    assertThat(frame.getString("t")).isEqualTo("error");
    assertThat(frame.getString("id")).isEqualTo("1");
    assertThat(frame.getJsonObject("d").getString("code")).isEqualTo("bad_request");
    assertThat(client.closeCode()).isEqualTo(4202);
  }

  @Test
  void aBadTokenAndASignedOutDeviceMustRenew() throws Exception {
    SocketClient client = fixture.connect();
    client.say("hello", null, new JsonObject().put("token", "nonsense"));
    assertThat(client.next("error").getString("code")).isEqualTo("unauthenticated");
    assertThat(client.closeCode()).isEqualTo(4100);
    fixture.signedOut.add("gone");
    client = fixture.connect();
    client.say("hello", null, new JsonObject().put("token", token("bob", "gone", 60_000)));
    assertThat(client.next("error").getString("code")).isEqualTo("unauthenticated");
    assertThat(client.closeCode()).isEqualTo(4100);
  }

  @Test
  void aTokenThatExpiresClosesTheConnection() throws Exception {
    SocketClient client = fixture.connect();
    client.enter(token("bob", "d", 60_000));
    assertThat(fixture.registered).hasSize(1);
    fixture.clock.pass(60_000);
    assertThat(client.closeCode()).isEqualTo(4100);
    await().until(fixture.registered::isEmpty);
  }

  @Test
  void aNewTokenIsAskedForInTimeAndTheConnectionGoesOnWithIt() throws Exception {
    SocketClient client = fixture.connect();
    client.enter(token("bob", "d", 60_000));
    fixture.clock.pass(40_000);
    long old = Instant.parse(client.next("reauth").getString("expiresAt")).toEpochMilli();
    client.say("reauth", "1", new JsonObject().put("token", token("bob", "d", 600_000)));
    JsonObject answer = client.nextFrame();
    assertThat(answer.getString("t")).isEqualTo("ack");
    assertThat(answer.getString("id")).isEqualTo("1");
    assertThat(Instant.parse(answer.getJsonObject("d").getString("expiresAt")).toEpochMilli())
        .isGreaterThan(old + 30_000);

    fixture.clock.pass(20_000);
    fixture.awaitLookAt("d");
    client.say("ping", null, new JsonObject());
    client.next("pong");
  }

  @Test
  void anothersTokenOrABadOneRenewsNothing() throws Exception {
    SocketClient client = fixture.connect();
    client.enter(token("bob", "d", 60_000));
    fixture.clock.pass(40_000);
    client.next("reauth");
    Map<String, String> bad =
        Map.of(
            token("ann", "d", 60_000),
            "forbidden",
            token("bob", "another", 60_000),
            "forbidden",
            "nonsense",
            "unauthenticated",
            "x".repeat(9_000),
            "unauthenticated");
    for (Map.Entry<String, String> one : bad.entrySet()) {
      client.say("reauth", null, new JsonObject().put("token", one.getKey()));
      assertThat(client.next("error").getString("code")).isEqualTo(one.getValue());
    }
    client.say("reauth", null, new JsonObject());
    assertThat(client.next("error").getString("code")).isEqualTo("bad_request");
    fixture.clock.pass(20_000);
    assertThat(client.closeCode()).isEqualTo(4100);
  }

  @Test
  void aSessionThatEndsIsClosedEvenIfTheWordOfItIsLost() throws Exception {
    SocketClient phone = fixture.enter("bob", "phone");
    SocketClient desk = fixture.enter("bob", "desk");
    fixture.signedOut.add("phone");
    assertThat(phone.next("session.revoked").getString("reason")).isEqualTo("revoked");
    assertThat(phone.closeCode()).isEqualTo(4200);
    desk.say("ping", null, new JsonObject());
    desk.next("pong");
  }

  @Test
  void anOperatorsPortIsOpenWhileTheGatewayIs() throws Exception {
    HttpSettings http = HttpSettings.defaults().withPort(0);
    int port = ParleyServer.freePort();
    fixture.gateway =
        fixture.replace(
            new HttpSettings(
                http.host(),
                0,
                http.maxBodyBytes(),
                http.idleTimeoutSeconds(),
                http.tls(),
                new HttpSettings.OperatorDoor("127.0.0.1", port)));
    HttpClient scraper = fixture.vertx.createHttpClient();
    HttpClientRequest request =
        GatewayFixture.join(scraper.request(HttpMethod.GET, port, "127.0.0.1", "/metrics"));
    assertThat(GatewayFixture.join(request.send().compose(HttpClientResponse::body)).toString())
        .isEqualTo("meters");
    GatewayFixture.join(scraper.close());

    GatewayFixture.join(fixture.vertx.undeploy(fixture.gateway.deploymentID()));

    assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);
  }

  @Test
  void whatTheDeviceLacksComesBeforeWhatIsLive() throws Exception {
    for (int i = 0; i < 17; i++) {
      fixture.commit("old");
    }
    Promise<Void> gate = Promise.promise();
    fixture.planGate = gate.future();
    fixture.planHead = 17;
    SocketClient client = fixture.connect();
    client.say(
        "hello",
        "h",
        new JsonObject()
            .put("token", token("bob", "d", 60_000))
            .put("cursors", new JsonObject().put("room", 3)));
    JsonObject welcome = client.next("welcome");
    assertThat(welcome.getString("userId")).isEqualTo("bob");
    assertThat(welcome.getJsonObject("limits").getInteger("maxTextBytes")).isEqualTo(16_384);
    List<Change> live = List.of(fixture.commit("new"), fixture.commit("newer"));
    fixture.deliver(live, "bob");
    gate.complete();
    client.next("sync.begin");
    assertThat(client.nextChanges(14))
        .containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L);
    assertThat(client.next("sync.end").getJsonObject("heads").getLong("room")).isEqualTo(17);
    assertThat(client.nextChanges(2)).containsExactly(18L, 19L);
  }

  @Test
  void nothingIsAlteredForADeviceThatIsGone() throws Exception {
    Promise<Void> gate = Promise.promise();
    fixture.amendGate = gate.future();
    SocketClient gone = fixture.enter("bob", "d");
    gone.say("message.delete", "1", new JsonObject().put("messageId", "room.1"));
    await().until(() -> fixture.amended.contains(1L));
    gone.socket().close();
    await().until(fixture.registered::isEmpty);

    gate.complete();
    fixture
        .enter("bob", "e")
        .say("message.delete", "1", new JsonObject().put("messageId", "room.2"));
    await("the owner to be sought again for who waits")
        .until(() -> Collections.frequency(fixture.amended, 2L) > 2);

    assertThat(fixture.amended).containsOnlyOnce(1L);
  }

  @Test
  void whoIsTooFarBehindStartsAnew() throws Exception {
    for (int i = 0; i < 30; i++) {
      fixture.commit("old");
    }
    SocketClient client = fixture.connect();
    client.say("hello", null, new JsonObject().put("token", token("bob", "d", 60_000)));
    client.next("welcome");
    client.next("sync.begin");
    assertThat(client.next("sync.reset").getLong("headChangeSeq")).isEqualTo(30);
    client.next("sync.end");
    fixture.deliver(List.of(fixture.commit("new")), "bob");
    assertThat(client.nextChanges(1)).containsExactly(31L);
  }

  @Test
  void lostDoubledAndShuffledHintsAreMended() throws Exception {
    SocketClient client = fixture.enter("bob", "d");
    List<Change> hints = new ArrayList<>();
    List<Long> expected = new ArrayList<>();
    for (int i = 1; i <= 18; i++) {
      Change change = fixture.commit("m" + i);
      expected.add((long) i);
      if (i % 3 != 0) {
        hints.add(change);
        hints.add(change);
      }
    }
    Collections.reverse(hints);
    fixture.deliver(hints, "bob");
    fixture.deliver(List.of(fixture.commit("last")), "bob");
    expected.add(19L);
    assertThat(client.nextChanges(19)).isEqualTo(expected);
    assertThat(fixture.metric("parley.gateway.gap.repairs")).isPositive();
    assertThat(client.hasNothing()).isTrue();
  }

  @Test
  void everyDeviceOfAUserGetsAChangeAndItIsTakenOnceEach() throws Exception {
    SocketClient one = fixture.enter("bob", "one");
    SocketClient two = fixture.enter("bob", "two");
    assertThat(
            fixture
                .deliver(List.of(fixture.commit("a"), fixture.commit("b")), "bob", "nobody")
                .connections())
        .isEqualTo(2);
    assertThat(one.nextChanges(2)).containsExactly(1L, 2L);
    assertThat(two.nextChanges(2)).containsExactly(1L, 2L);
  }

  @Test
  void aSendIsAckedUnderItsId() throws Exception {
    SocketClient client = fixture.enter("ann", "d");
    client.say("message.send", "7", message("room", "m1"));
    JsonObject frame = client.nextFrame();
    assertThat(frame.getString("id")).isEqualTo("7");
    JsonObject ack = frame.getJsonObject("d");
    assertThat(ack.getString("clientMsgId")).isEqualTo("m1");
    assertThat(ack.getString("messageId")).isEqualTo("room.1");
    assertThat(ack.getString("durability")).isEqualTo("persisted");
    assertThat(ack.getString("createdAt")).isEqualTo("1970-01-01T00:00:00.000Z");
    client.say("message.send", "8", message("elsewhere", "m1"));
    frame = client.nextFrame();
    assertThat(frame.getString("id")).isEqualTo("8");
    assertThat(frame.getJsonObject("d").getString("code")).isEqualTo("not_a_member");
  }

  @Test
  void tooManySendsUnderWayPauseTheSocketAndNoneIsLost() throws Exception {
    SocketClient client = fixture.enter("ann", "d");
    fixture.answerSends = false;
    for (int i = 0; i < 40; i++) {
      client.say("message.send", "s" + i, message("room", "m" + i));
    }
    await().until(() -> fixture.sends.size() >= 4);
    int acks = 0;
    int refused = 0;
    while (acks + refused < 40) {
      fixture.answerSends = true;
      fixture.sends.forEach(
          send ->
              send.tryComplete(new MessageAccepted("room.1", 1, 1, 0, AckMode.PERSISTED, false)));
      JsonObject frame = client.nextFrame();
      if (frame.getString("t").equals("ack")) {
        acks++;
      } else {
        assertThat(frame.getJsonObject("d").getString("code")).isEqualTo("overloaded");
        refused++;
      }
    }
    assertThat(acks).isEqualTo(40);
  }

  @Test
  void malformedTextIsAnsweredAndTheSocketStays() throws Exception {
    SocketClient client = fixture.enter("ann", "d");
    client.sayRaw("{nonsense");
    assertThat(client.next("error").getString("code")).isEqualTo("bad_request");
    client.sayRaw("{\"t\":\"typing\",\"id\":\"t\",\"d\":{}}");
    assertThat(client.next("error").getString("detail")).startsWith("conversationId must be");
    client.say("ping", "p", new JsonObject());
    assertThat(client.next("pong").getString("serverTime")).endsWith("Z");
  }

  @Test
  void binaryAndOversizedFramesEndIt() throws Exception {
    SocketClient client = fixture.enter("ann", "d");
    client.socket().writeBinaryMessage(Buffer.buffer("{\"t\":\"ping\"}"));
    client.next("error");
    assertThat(client.closeCode()).isEqualTo(4202);
    client = fixture.enter("ann", "d");
    client.sayRaw("{\"t\":\"ping\",\"d\":{\"x\":\"" + "x".repeat(65_536) + "\"}}");
    assertThat(client.next("error").getString("code")).isEqualTo("payload_too_large");
    assertThat(client.closeCode()).isEqualTo(4202);
    client = fixture.enter("ann", "d");
    client.sayRaw("x".repeat(1_000_000));
    assertThat(client.closeCode()).isNotEqualTo(1000);
    await().until(fixture.registered::isEmpty);
  }

  @Test
  void receiptsAreGatheredAndAnsweredWhereAsked() throws Exception {
    SocketClient client = fixture.enter("bob", "d");
    fixture.deliver(List.of(fixture.commit("a"), fixture.commit("b"), fixture.commit("c")), "bob");
    client.nextChanges(3);
    client.say("receipt.delivered", null, cursors(1));
    client.say("receipt.delivered", null, cursors(2));
    client.say("receipt.delivered", "r", cursors(99));
    JsonObject frame = client.nextFrame();
    assertThat(frame.getString("t")).isEqualTo("ack");
    assertThat(frame.getString("id")).isEqualTo("r");
    List<Delivered> moves = new ArrayList<>();
    fixture.moves.forEach(m -> moves.addAll(m.delivered()));
    assertThat(moves.get(moves.size() - 1))
        .isEqualTo(new Delivered(new UserId("bob"), new DeviceId("d"), ROOM, 3, 3));
  }

  @Test
  void aSyncOfOneConversationIsAnswered() throws Exception {
    for (int i = 0; i < 5; i++) {
      fixture.commit("m");
    }
    fixture.deliveredBefore = 5;
    SocketClient client = fixture.enter("bob", "d");
    client.say(
        "sync",
        "s\"\\",
        new JsonObject().put("conversationId", "room").put("after", 1).put("limit", 3));
    JsonObject frame = client.nextFrame();
    assertThat(frame.getString("t")).isEqualTo("changes");
    assertThat(frame.getString("id")).isEqualTo("s\"\\");
    JsonObject page = frame.getJsonObject("d");
    assertThat(page.getJsonArray("items")).hasSize(3);
    assertThat(page.getBoolean("hasMore")).isTrue();
    assertThat(page.getLong("headChangeSeq")).isEqualTo(5);
  }

  @Test
  void aRevokedDeviceIsToldAndClosedAndNoOther() throws Exception {
    SocketClient phone = fixture.enter("bob", "phone");
    SocketClient desk = fixture.enter("bob", "desk");
    fixture.publish(close("phone", "an earlier sign-in", "the earlier one"));
    fixture.publish(close("phone", "phone", "signed out"));
    assertThat(phone.next("session.revoked").getString("reason")).isEqualTo("signed out");
    assertThat(phone.closeCode()).isEqualTo(4200);
    desk.say("ping", null, new JsonObject());
    desk.next("pong");
    assertThat(fixture.registered).hasSize(1);
  }

  private static CloseDevice close(String device, String signIn, String reason) {
    return new CloseDevice(new UserId("bob"), new DeviceId(device), signIn, 4200, reason);
  }

  @Test
  void onlyKnownOriginsGetIn() throws Exception {
    int port = fixture.gateway.httpPort();
    for (String path : List.of("/v1/ws", "/v1/sockjs/websocket", "/v1/sockjs/1/abc/websocket")) {
      assertThatThrownBy(
              () -> SocketClient.connect(fixture.vertx, port, path, "https://evil.example"))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(
              UpgradeRejectedException.class,
              refused -> assertThat(refused.getStatus()).isEqualTo(403));
    }
    for (String origin : List.of("https://chat.example", "http://127.0.0.1:" + port)) {
      SocketClient.connect(fixture.vertx, port, "/v1/ws", origin).enter(token("bob", "d", 60_000));
    }
  }

  @Test
  void anUnknownConversationIsAskedForAndForgottenWhereRefused() throws Exception {
    SocketClient client = fixture.enter("bob", "d");
    fixture.deliver(List.of(elsewhere(7)), "bob");
    await().until(() -> fixture.asked.size() == 1);
    fixture.deliver(List.of(fixture.commit("a")), "bob");
    assertThat(client.nextChanges(1)).containsExactly(1L);
    assertThat(client.hasNothing()).isTrue();
  }

  @Test
  void whatComesWhileARefusalIsOnItsWayIsAskedForAgain() throws Exception {
    SocketClient client = fixture.enter("bob", "d");
    Promise<Void> gate = Promise.promise();
    fixture.elsewhereGate = gate.future();
    fixture.deliver(List.of(elsewhere(7)), "bob");
    await().until(() -> fixture.asked.size() == 1);

    // Since the question was refused Bob was let in; nothing more will come.
    fixture.elsewhere.add(elsewhere(8));
    fixture.deliver(List.of(elsewhere(8)), "bob");
    gate.complete();

    assertThat(client.nextChanges(1)).containsExactly(8L);
  }

  @Test
  void aConversationThatCannotBeReadKeepsNoOtherFromItsUser() throws Exception {
    fixture.commit("old");
    fixture.elsewhere.add(elsewhere(1));
    fixture.syncsElsewhere = true;
    fixture.elsewhereGate =
        Future.failedFuture(new FailureException(Failure.INTERNAL, "a row that nobody can read"));
    SocketClient client = fixture.connect();
    client.say("hello", null, new JsonObject().put("token", token("bob", "d", 60_000)));
    client.next("welcome");
    client.next("sync.begin");
    assertThat(client.next("message.new").getString("conversationId")).isEqualTo("room");
    JsonObject heads = client.next("sync.end").getJsonObject("heads");
    assertThat(heads.getLong("room")).isEqualTo(1);
    assertThat(heads.getLong("elsewhere")).as("what was not given is not claimed").isZero();

    fixture.elsewhereGate = Future.succeededFuture();

    assertThat(client.next("message.new").getLong("changeSeq")).isEqualTo(1);
  }

  private static Change elsewhere(long number) {
    return new Change(
        new ConversationId("elsewhere"),
        number,
        number,
        ChangeType.MESSAGE_NEW,
        new UserId("ann"),
        null,
        0,
        new JsonObject().put("changeSeq", number).encode().getBytes(StandardCharsets.UTF_8));
  }

  private static JsonObject cursors(long changeSeq) {
    return new JsonObject().put("cursors", new JsonObject().put("room", changeSeq));
  }

  private static JsonObject message(String conversation, String clientMsgId) {
    return new JsonObject()
        .put("conversationId", conversation)
        .put("clientMsgId", clientMsgId)
        .put("body", new JsonObject().put("text", "hello"));
  }
}
