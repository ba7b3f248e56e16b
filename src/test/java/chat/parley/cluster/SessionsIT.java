package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.client.ParleyApi;
import chat.parley.testing.AdminAccount;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Documented;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedStack;
import chat.parley.testing.TestProvider;
import com.nimbusds.jose.jwk.RSAKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What ends on one node has ended on the other, and who signs in on one is the same on the other.
 */
class SessionsIT {
  private static final String ADMIN = "ops";
  private static final String KEYSPACE = "sessions";

  private static TestProvider provider;
  private static List<ParleyServer> nodes;
  private static Crowd here;
  private static Crowd there;
  private static ParleyApi root;

  @BeforeAll
  static void start() {
    provider = new TestProvider();
    nodes =
        ParleyServer.pairOnSharedStack(
            "gateway",
            Map.of(
                "auth.oidc.issuer", provider.issuer(),
                "auth.admins", ADMIN,
                "cassandra.keyspace", KEYSPACE));
    here = new Crowd(nodes.get(0));
    there = new Crowd(nodes.get(1));
    root = admin();
  }

  private static ParleyApi admin() {
    Vertx vertx = Vertx.vertx();
    CassandraSession session =
        Await.join(
            CassandraConnector.connectToExisting(
                vertx, SharedStack.cassandra(KEYSPACE), new SimpleMeterRegistry()));
    AdminAccount.make(vertx, session, ADMIN);
    Await.join(session.close());
    Await.join(vertx.close());
    return here.stranger()
        .as(Await.join(here.stranger().createSession(ADMIN, Crowd.PASSWORD, "desk", null)));
  }

  @AfterAll
  static void stop() {
    here.close();
    there.close();
    nodes.get(1).close();
    nodes.get(0).close();
    provider.close();
  }

  @Test
  void aDeviceThatIsSignedOutHereIsOutThere() {
    Crowd.Somebody ada = here.somebody("ada");
    ParleyApi phone = ada.signIn("phone");
    String token = phone.credentials().session().accessToken();
    RawSocket socket = there.socket(RawSocket.WS).enter(token);
    ParleyApi phoneThere = there.stranger().as(phone.credentials().session());
    Await.join(phoneThere.devices());

    long began = System.nanoTime();
    Await.join(ada.api().deleteDevice(phone.credentials().session().deviceId()));
    assertThat(socket.await("session.revoked").getString("reason")).isEqualTo("revoked");
    assertThat(socket.closeCode()).isEqualTo(4200);
    System.out.printf(
        "from the call to sign out to the close on the other node: %d ms%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));

    assertThat(Await.problem(phoneThere.devices()).code()).isEqualTo("unauthenticated");
    RawSocket again = there.socket(RawSocket.WS);
    again.say("hello", "h", new JsonObject().put("token", token));
    assertThat(again.closeCode()).isEqualTo(4100);
    Await.join(ada.api().devices());
  }

  @Test
  void whoIsSuspendedHereIsOutThereAndDoesNotComeIn() {
    Crowd.Somebody eve = here.somebody("eve");
    RawSocket socket = there.socket(RawSocket.WS).enter(eve.session().accessToken());
    String suspension = "/v1/admin/users/" + eve.userId() + "/suspension";

    Await.join(root.call(HttpMethod.PUT, suspension, null));

    assertThat(socket.await("session.revoked").getString("reason")).isEqualTo("revoked");
    assertThat(socket.closeCode()).isEqualTo(4200);
    assertThat(Await.problem(eve.api().devices()).code()).isEqualTo("unauthenticated");
    assertThat(
            Await.problem(
                    there.stranger().createSession(eve.handle(), Crowd.PASSWORD, "phone", null))
                .code())
        .isEqualTo("forbidden");
    Await.join(root.call(HttpMethod.DELETE, suspension, null));
    Await.join(there.stranger().createSession(eve.handle(), Crowd.PASSWORD, "phone", null));
  }

  @Test
  void aPasswordThatIsChangedHereIsGoodThere() {
    Crowd.Somebody kim = here.somebody("kim");
    ParleyApi phone = kim.signIn("phone");
    RawSocket socket =
        there.socket(RawSocket.WS).enter(phone.credentials().session().accessToken());

    Await.join(kim.api().changePassword(Crowd.PASSWORD, "another battery staple"));

    assertThat(socket.closeCode()).isEqualTo(4200);
    Await.join(kim.api().devices());
    assertThat(
            Await.problem(
                    there.stranger().createSession(kim.handle(), Crowd.PASSWORD, "tablet", null))
                .code())
        .isEqualTo("unauthenticated");
    Await.join(
        there.stranger().createSession(kim.handle(), "another battery staple", "tablet", null));
  }

  @Test
  void somebodyOfTheProviderIsOneUserOnBothNodesAndTheirTokenOpensNothingElse() throws Exception {
    RSAKey key = provider.addRsa("key-1");
    String token = TestProvider.sign(key, provider.claims("ida"));
    JsonObject first = signIn(nodes.get(0), token, 201);
    JsonObject second = signIn(nodes.get(1), token, 201);
    assertThat(second.getString("userId")).isEqualTo(first.getString("userId"));
    assertThat(second.getString("deviceId")).isNotEqualTo(first.getString("deviceId"));
    there.socket(RawSocket.WS).enter(first.getString("accessToken"));

    RawSocket eager = here.socket(RawSocket.WS);
    eager.say("hello", "h", new JsonObject().put("token", token));
    assertThat(eager.closeCode()).isEqualTo(4100);
    signIn(nodes.get(0), TestProvider.sign(TestProvider.rsa("key-1"), provider.claims("ida")), 401);

    RSAKey next = provider.addRsa("key-2");
    JsonObject third = signIn(nodes.get(1), TestProvider.sign(next, provider.claims("ida")), 201);
    assertThat(third.getString("userId")).isEqualTo(first.getString("userId"));

    String suspension = "/v1/admin/users/" + first.getString("userId") + "/suspension";
    Await.join(root.call(HttpMethod.PUT, suspension, null));
    signIn(nodes.get(1), TestProvider.sign(next, provider.claims("ida")), 403);
  }

  private static JsonObject signIn(ParleyServer node, String identityToken, int status)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        Documented.send(
            HttpRequest.newBuilder(URI.create(node.httpUrl() + "/v1/sessions"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("identityToken", identityToken).encode()))
                .build());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new JsonObject(answer.body());
  }

  @Test
  void aStolenRefreshTokenEndsTheSessionOnBothNodes() {
    Crowd.Somebody bob = here.somebody("bob");
    ParleyApi laptop = bob.signIn("laptop");
    var stolen = laptop.credentials().session();
    Await.join(laptop.credentials().refresh());
    String renewed = laptop.credentials().session().accessToken();
    RawSocket socket = there.socket(RawSocket.WS).enter(renewed);

    assertThat(Await.problem(there.stranger().refresh(stolen, "somebody else's renewal")).code())
        .isEqualTo("unauthenticated");

    assertThat(socket.closeCode()).isEqualTo(4200);
    for (Crowd crowd : List.of(here, there)) {
      RawSocket again = crowd.socket(RawSocket.WS);
      again.say("hello", "h", new JsonObject().put("token", renewed));
      assertThat(again.closeCode()).isEqualTo(4100);
    }
  }
}
