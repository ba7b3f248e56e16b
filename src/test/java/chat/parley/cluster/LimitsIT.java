package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Ack;
import chat.parley.client.ProblemException;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Metrics;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server that trusts nobody and has small limits, from the socket to the log. */
class LimitsIT {
  private static ParleyServer server;
  private static Crowd crowd;

  @BeforeAll
  static void start() {
    server =
        ParleyServer.onSharedStack(
            Map.of(
                "limits.trusted-addresses", "none",
                "limits.user.messages", "5 + 1/h",
                "limits.user.channel-calls", "1 + 1/h",
                "limits.conversation.messages", "8 + 1/h"));
    crowd = new Crowd(server);
  }

  @AfterAll
  static void stop() {
    if (crowd != null) {
      crowd.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aFloodIsRefusedBeforeItIsStoredAndWhatWasStoredIsAnsweredAllTheSame() {
    Crowd.Somebody ada = crowd.somebody("ada");
    String dm = Await.join(ada.api().createDm(crowd.somebody("bob").userId())).conversationId();
    RawSocket socket = ada.enter();
    for (int i = 1; i <= 5; i++) {
      socket.send(dm, "m" + i, "text " + i);
      socket.await("ack");
    }

    socket.send(dm, "m6", "text 6");
    JsonObject problem = socket.await("error");
    assertThat(problem.getString("frameId")).isEqualTo("m6");
    assertThat(problem.getString("code")).isEqualTo("rate_limited");
    assertThat(problem.getString("scope")).isEqualTo("user");
    assertThat(problem.getLong("retryAfterMs")).isPositive();
    ProblemException byRest = Await.problem(ada.api().postMessage(dm, "m6", "text 6"));
    assertThat(byRest.status()).isEqualTo(429);
    assertThat(byRest.code()).isEqualTo("rate_limited");

    socket.send(dm, "m3", "text 3");
    JsonObject again = socket.await("ack");
    assertThat(again.getBoolean("replayed")).isTrue();
    assertThat(again.getLong("seq")).isEqualTo(3);
    Ack once = Await.join(ada.api().postMessage(dm, "m5", "text 5"));
    assertThat(once.replayed()).isTrue();
    assertThat(Await.join(ada.api().changes(dm, 0, 100)).headChangeSeq()).isEqualTo(5);
    Metrics metrics = server.metrics();
    assertThat(metrics.series().get("parley_limit_refused_total{kind=\"messages\",scope=\"user\"}"))
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void aConversationIsNoFasterThanItMayHoweverManyWriteIntoIt() {
    Crowd.Somebody ada = crowd.somebody("ada");
    Crowd.Somebody bob = crowd.somebody("bob");
    String group =
        Await.join(ada.api().createGroup("Room", List.of(bob.userId()))).conversationId();
    for (int i = 1; i <= 4; i++) {
      Await.join(ada.api().postMessage(group, "a" + i, "text"));
      Await.join(bob.api().postMessage(group, "b" + i, "text"));
    }

    RawSocket socket = bob.enter();
    socket.send(group, "b5", "text");

    JsonObject problem = socket.await("error");
    assertThat(problem.getString("code")).isEqualTo("rate_limited");
    assertThat(problem.getString("scope")).isEqualTo("conversation");
    assertThat(Await.join(bob.api().postMessage(group, "b4", "text")).replayed()).isTrue();
  }

  @Test
  void everybodyIsCalledSeldomAndSpokenToAsBefore() {
    Crowd.Somebody ada = crowd.somebody("ada");
    Crowd.Somebody bob = crowd.somebody("bob");
    String group =
        Await.join(ada.api().createGroup("Room", List.of(bob.userId()))).conversationId();
    Await.join(ada.api().postMessage(group, "m1", "@channel lunch"));

    assertThat(Await.problem(ada.api().postMessage(group, "m2", "@channel lunch!")).code())
        .isEqualTo("rate_limited");
    assertThat(Await.join(ada.api().postMessage(group, "m3", "lunch!")).replayed()).isFalse();
  }
}
