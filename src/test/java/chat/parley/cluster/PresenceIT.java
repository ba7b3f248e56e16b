package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Presence and typing between two nodes, over both kinds of socket. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PresenceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(Await.PATIENCE_SECONDS);

  /**
   * Within the patience neither the silence of a node nor that it says no more who is there shows
   * that it is gone: only its end does.
   */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "presence.gather-ms", "200",
          "presence.gone-ms", "600000",
          "cluster.silent-seconds", "300");

  private static List<ParleyServer> nodes;
  private static Crowd here;
  private static Crowd there;

  @BeforeAll
  static void start() {
    nodes = ParleyServer.pairOnSharedStack("gateway", SETTINGS);
    here = new Crowd(nodes.get(0));
    there = new Crowd(nodes.get(1));
  }

  @AfterAll
  static void stop() {
    here.close();
    there.close();
    nodes.forEach(ParleyServer::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {RawSocket.WS, RawSocket.SOCKJS})
  @Order(1)
  void aFriendIsShownAsTheirDevicesComeAndGoOnEitherNode(String path) {
    Crowd.Somebody ada = here.somebody("ada");
    Crowd.Somebody bob = here.somebody("bob");
    Await.join(ada.api().createDm(bob.userId()));
    RawSocket adas = enter(here, path, ada.session().accessToken());
    watch(adas, bob);
    assertThat(presence(adas, bob, "offline").getString("lastSeenAt")).isNull();

    RawSocket phone = enter(there, path, bob.session().accessToken());
    assertThat(presence(adas, bob, "online").getString("lastSeenAt")).isNull();
    RawSocket laptop =
        enter(here, path, bob.signIn("laptop").credentials().session().accessToken());
    phone.say("presence.set", null, new JsonObject().put("status", "away"));
    laptop.say("presence.set", null, new JsonObject().put("status", "away"));
    presence(adas, bob, "away");
    assertThat(status(ada, bob).getString("status")).isEqualTo("away");
    laptop.say("presence.set", null, new JsonObject().put("status", "online"));
    presence(adas, bob, "online");
    laptop.close();
    presence(adas, bob, "away");
    phone.close();
    assertThat(presence(adas, bob, "offline").getString("lastSeenAt")).endsWith("Z");
    assertThat(status(ada, bob).getString("lastSeenAt")).endsWith("Z");
  }

  @Test
  @Order(2)
  void nobodyIsShownOnAnyWayToWhomTheyDoNotLetSeeThem() {
    Crowd.Somebody ada = here.somebody("ada");
    Crowd.Somebody eve = here.somebody("eve");
    RawSocket adas = ada.enter();
    RawSocket eves = enter(there, RawSocket.WS, eve.session().accessToken());
    watch(adas, eve);
    presence(adas, eve, "offline");
    assertThat(status(ada, eve).getString("status")).isEqualTo("offline");

    show(eve, "everyone");
    presence(adas, eve, "online");
    show(eve, "nobody");
    presence(adas, eve, "offline");
    assertThat(status(ada, eve).getString("status")).isEqualTo("offline");
    assertThat(status(eve, eve).getString("status")).isEqualTo("online");
    show(eve, "shared");
    String group = Await.join(eve.api().createGroup("two", List.of(ada.userId()))).conversationId();
    presence(adas, eve, "online");
    Await.join(eve.api().deleteMember(group, ada.userId()));
    presence(adas, eve, "offline");
    await().atMost(PATIENCE).until(() -> status(ada, eve).getString("status").equals("offline"));
    eves.close();
    await().atMost(PATIENCE).until(() -> status(eve, eve).getString("lastSeenAt") != null);
    assertThat(status(ada, eve).getString("lastSeenAt")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {RawSocket.WS, RawSocket.SOCKJS})
  @Order(3)
  void typingReachesTheOtherMembersOnEitherNodeAndEnds(String path) {
    Crowd.Somebody ada = here.somebody("ada");
    Crowd.Somebody bob = here.somebody("bob");
    Crowd.Somebody cat = here.somebody("cat");
    Crowd.Somebody eve = here.somebody("eve");
    String group =
        Await.join(ada.api().createGroup("three", List.of(bob.userId(), cat.userId())))
            .conversationId();
    Await.join(ada.api().postMessage(group, "first", "first"));
    RawSocket adas = enter(here, path, ada.session().accessToken());
    RawSocket bobs = enter(there, path, bob.session().accessToken());
    RawSocket catsHere = enter(here, path, cat.session().accessToken());
    RawSocket catsThere =
        enter(there, path, cat.signIn("tablet").credentials().session().accessToken());
    RawSocket eves = enter(there, path, eve.session().accessToken());

    type(adas, group, true);
    JsonObject begun = bobs.await("typing");
    assertThat(begun.getString("userId")).isEqualTo(ada.userId());
    assertThat(begun.getBoolean("on")).isTrue();
    assertThat(begun.getLong("expiresInMs")).isEqualTo(5_000);
    assertThat(bobs.await("typing").getBoolean("on")).as("after five seconds").isFalse();
    List.of(catsHere, catsThere).forEach(PresenceIT::awaitTyping);
    type(eves, group, true);
    assertThat(eves.await("error").getString("code")).isEqualTo("not_found");

    Await.join(ada.api().deleteMember(group, bob.userId()));
    bobs.await("member.left");
    type(bobs, group, true);
    assertThat(bobs.await("error").getString("code")).isEqualTo("not_a_member");
    type(adas, group, true);
    type(adas, group, false);
    // A node writes a word to all its sockets in one turn, so before it answers any of them again.
    List.of(catsHere, catsThere).forEach(PresenceIT::awaitTyping);
    for (RawSocket each : List.of(adas, bobs, eves)) {
      each.say("ping", "p", new JsonObject());
      each.await("pong");
    }
    assertThat(adas.heard()).noneMatch(frame -> frame.contains("\"t\":\"typing\""));
    assertThat(eves.heard()).noneMatch(frame -> frame.contains("\"t\":\"typing\""));
    assertThat(bobs.heard().stream().filter(frame -> frame.contains("\"t\":\"typing\"")))
        .hasSize(2);
  }

  @Test
  @Order(4)
  void theUsersOfANodeThatIsKilledAreSoonShownAsGone() {
    Crowd.Somebody ada = here.somebody("ada");
    Crowd.Somebody bob = here.somebody("bob");
    Await.join(ada.api().createDm(bob.userId()));
    RawSocket adas = ada.enter();
    enter(there, RawSocket.WS, bob.session().accessToken());
    watch(adas, bob);
    presence(adas, bob, "online");

    long killed = System.nanoTime();
    nodes.get(1).kill();
    presence(adas, bob, "offline");
    Duration falseOnline = Duration.ofNanos(System.nanoTime() - killed);
    System.out.printf("shown as online after kill -9 of their node: %s%n", falseOnline);
    await().atMost(PATIENCE).until(() -> status(ada, bob).getString("lastSeenAt") != null);
    assertThat(nodes.get(0).metrics().series())
        .containsEntry("parley_presence_staleness_seconds", 0.0);
  }

  private static RawSocket enter(Crowd at, String path, String token) {
    return at.socket(path).enter(token);
  }

  private static void watch(RawSocket socket, Crowd.Somebody whom) {
    socket.say(
        "presence.watch",
        null,
        new JsonObject().put("userIds", new JsonArray().add(whom.userId())));
  }

  private static void type(RawSocket socket, String conversation, boolean on) {
    socket.say("typing", null, new JsonObject().put("conversationId", conversation).put("on", on));
  }

  /** Waits until the socket is told that somebody types and then that they do no more. */
  private static void awaitTyping(RawSocket socket) {
    assertThat(socket.await("typing").getBoolean("on")).isTrue();
    assertThat(socket.await("typing").getBoolean("on")).isFalse();
  }

  /** Waits until the socket is told that the user is so. */
  private static JsonObject presence(RawSocket socket, Crowd.Somebody whom, String status) {
    while (true) {
      JsonObject told = socket.await("presence");
      if (told.getString("userId").equals(whom.userId())
          && told.getString("status").equals(status)) {
        return told;
      }
    }
  }

  private static JsonObject status(Crowd.Somebody who, Crowd.Somebody whom) {
    return Await.join(who.api().call(HttpMethod.GET, "/v1/presence?userIds=" + whom.userId(), null))
        .getJsonObject(whom.userId());
  }

  private static void show(Crowd.Somebody who, String visibleTo) {
    Await.join(
        who.api()
            .call(
                HttpMethod.PATCH,
                "/v1/users/me",
                new JsonObject().put("presenceVisibleTo", visibleTo)));
    assertThat(
            Await.join(who.api().call(HttpMethod.GET, "/v1/users/me", null))
                .getString("presenceVisibleTo"))
        .isEqualTo(visibleTo);
  }
}
