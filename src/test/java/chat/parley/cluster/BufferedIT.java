package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.ParleyServer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Buffered conversations as clients see them, through the death of the process that owns them. */
class BufferedIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int GROUPS = 20;
  private static final int EACH = 40;
  private static final int ACKS_BEFORE_THE_KILL = 120;

  @Test
  void everyAckedMessageIsThereOnceUnderItsNumberAfterAKillOfTheOwner() {
    try (ParleyServer server = ParleyServer.onSharedStack();
        Crowd crowd = new Crowd(server)) {
      Crowd.Somebody ada = crowd.somebody("ada");
      List<String> groups = new ArrayList<>();
      for (int i = 0; i < GROUPS; i++) {
        JsonObject made = make(ada, "group " + i);
        assertThat(made.getString("ackMode")).isEqualTo("buffered");
        groups.add(made.getString("conversationId"));
      }
      Map<String, Future<Ack>> before = sendAll(ada, groups);
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> acked(before).size() >= ACKS_BEFORE_THE_KILL);

      server.kill();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> before.values().stream().allMatch(Future::isComplete));
      Map<String, Ack> first = acked(before);
      server.restart();

      Map<String, Ack> again = acked(retryAll(ada, groups));
      assertThat(again).hasSize(GROUPS * EACH);
      first.forEach(
          (send, ack) -> {
            assertThat(again.get(send).messageId()).isEqualTo(ack.messageId());
            assertThat(again.get(send).changeSeq()).isEqualTo(ack.changeSeq());
            assertThat(again.get(send).createdAt()).isEqualTo(ack.createdAt());
            assertThat(again.get(send).replayed()).isTrue();
          });
      groups.forEach(group -> eachMessageIsThereOnce(ada, group, again));
      System.out.printf(
          "killed after %d acks, by durability %s; after the restart %s%n",
          first.size(), byDurability(first), byDurability(again));
      // Which of the two ways is the faster is the machine's to say; BufferedLogIT has it decided.
      assertThat(byDurability(first).keySet()).isSubsetOf("buffered", "persisted");
    }
  }

  private static JsonObject make(Crowd.Somebody who, String title) {
    return Await.join(
        who.api()
            .call(
                HttpMethod.POST,
                "/v1/conversations",
                new JsonObject()
                    .put("type", "group")
                    .put("title", title)
                    .put("memberIds", new JsonArray())
                    .put("ackMode", "buffered")));
  }

  private static Map<String, Future<Ack>> sendAll(Crowd.Somebody who, List<String> groups) {
    Map<String, Future<Ack>> sends = new HashMap<>();
    for (int i = 0; i < EACH; i++) {
      for (String group : groups) {
        String id = "m" + i;
        sends.put(group + "/" + id, who.api().postMessage(group, id, "text " + i));
      }
    }
    return sends;
  }

  /** As a client does: again and again, until there is an answer. */
  private static Map<String, Future<Ack>> retryAll(Crowd.Somebody who, List<String> groups) {
    Map<String, Future<Ack>> sends = new HashMap<>(sendAll(who, groups));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              sends.replaceAll(
                  (send, ack) -> {
                    if (!ack.failed()) {
                      return ack;
                    }
                    String[] parts = send.split("/");
                    String text = "text " + parts[1].substring(1);
                    return who.api().postMessage(parts[0], parts[1], text);
                  });
              return sends.values().stream().allMatch(Future::succeeded);
            });
    return sends;
  }

  private static Map<String, Ack> acked(Map<String, Future<Ack>> sends) {
    return sends.entrySet().stream()
        .filter(send -> send.getValue().succeeded())
        .collect(Collectors.toMap(Map.Entry::getKey, send -> send.getValue().result()));
  }

  private static void eachMessageIsThereOnce(
      Crowd.Somebody who, String group, Map<String, Ack> acks) {
    Awaitility.await().atMost(PATIENCE).until(() -> messagesOf(who, group).size() >= EACH);
    List<Change> messages = messagesOf(who, group);
    assertThat(messages).hasSize(EACH);
    for (Change change : messages) {
      Ack ack = acks.get(group + "/" + change.message().clientMsgId());
      assertThat(change.changeSeq()).isEqualTo(ack.changeSeq());
      assertThat(change.seq()).isEqualTo(ack.seq());
    }
  }

  private static List<Change> messagesOf(Crowd.Somebody who, String group) {
    return Await.join(who.api().changes(group, 0, 500)).items().stream()
        .filter(change -> change.message() != null)
        .toList();
  }

  private static Map<String, Long> byDurability(Map<String, Ack> acks) {
    return acks.values().stream()
        .collect(Collectors.groupingBy(Ack::durability, Collectors.counting()));
  }
}
