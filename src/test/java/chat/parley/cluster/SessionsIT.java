package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ParleyApi;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What ends on one node has ended on the other. */
class SessionsIT {
  private static List<ParleyServer> nodes;
  private static Crowd here;
  private static Crowd there;

  @BeforeAll
  static void start() {
    nodes = ParleyServer.pairOnSharedStack("gateway", Map.of());
    here = new Crowd(nodes.get(0));
    there = new Crowd(nodes.get(1));
  }

  @AfterAll
  static void stop() {
    here.close();
    there.close();
    nodes.get(1).close();
    nodes.get(0).close();
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
  void aStolenRefreshTokenEndsTheSessionOnBothNodes() {
    Crowd.Somebody bob = here.somebody("bob");
    ParleyApi laptop = bob.signIn("laptop");
    var stolen = laptop.credentials().session();
    Await.join(laptop.credentials().refresh());
    String renewed = laptop.credentials().session().accessToken();
    RawSocket socket = there.socket(RawSocket.WS).enter(renewed);

    assertThat(Await.problem(there.stranger().refresh(stolen)).code()).isEqualTo("unauthenticated");

    assertThat(socket.closeCode()).isEqualTo(4200);
    for (Crowd crowd : List.of(here, there)) {
      RawSocket again = crowd.socket(RawSocket.WS);
      again.say("hello", "h", new JsonObject().put("token", renewed));
      assertThat(again.closeCode()).isEqualTo(4100);
    }
  }
}
