package chat.parley.gateway;

import static chat.parley.gateway.GatewayFixture.ROOM;
import static chat.parley.gateway.GatewayFixture.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.event.Change;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices that connect while changes of a large conversation pass: none is missed. */
class LargeSyncIT {
  private GatewayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture(GatewayFixture.fast());
    fixture.large = true;
    for (int i = 0; i < 3; i++) {
      fixture.commit("old");
    }
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void whatPassedBetweenThePlanAndTheInterestIsAskedFor() throws Exception {
    Promise<Void> interested = Promise.promise();
    fixture.interests.gate = interested.future();
    SocketClient bob = hello("bob", 3);
    bob.next("welcome");
    bob.next("sync.begin");
    fixture.commit("went out while this gateway was not interested");

    interested.complete();

    assertThat(bob.nextChanges(1)).containsExactly(4L);
    bob.next("sync.end");
    assertThat(fixture.interests.wanted).containsExactly(ROOM);
    bob.socket().close();
    await().until(fixture.interests.wanted::isEmpty);
  }

  @Test
  void whatPassedBeforeItWasKnownWhoIsInItIsAskedFor() throws Exception {
    SocketClient ann = hello("ann", 3);
    ann.next("welcome");
    ann.next("sync.begin");
    ann.next("sync.end");
    Promise<Void> plan = Promise.promise();
    fixture.planGate = plan.future();
    fixture.planHead = 3;
    SocketClient bob = hello("bob", 3);
    bob.next("welcome");
    fixture.deliver(large(fixture.commit("bob is not known to be in it")));
    assertThat(ann.nextChanges(1)).containsExactly(4L);

    plan.complete();

    bob.next("sync.begin");
    bob.next("sync.end");
    assertThat(bob.nextChanges(1)).containsExactly(4L);
    fixture.deliver(large(fixture.commit("both are")));
    assertThat(bob.nextChanges(1)).containsExactly(5L);
    assertThat(ann.nextChanges(1)).containsExactly(5L);
  }

  @Test
  void whatPassedWhileTheClusterHadLostTheInterestIsAskedFor() throws Exception {
    SocketClient bob = hello("bob", 3);
    bob.next("welcome");
    bob.next("sync.begin");
    bob.next("sync.end");
    fixture.commit("nobody brought it");

    fixture.interests.listeners.forEach(listener -> listener.accept(ROOM));

    assertThat(bob.nextChanges(1)).containsExactly(4L);
  }

  private SocketClient hello(String user, long has) throws Exception {
    SocketClient client = fixture.connect();
    client.say(
        "hello",
        null,
        new JsonObject()
            .put("token", token(user, "d", 60_000))
            .put("cursors", new JsonObject().put("room", has)));
    return client;
  }

  private static List<Change> large(Change change) {
    return List.of(change.largeSince(1));
  }
}
