package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.client.Change;
import chat.parley.client.SyncPage;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Metrics;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A conversation that becomes large and small again under a burst, on two nodes. */
class LargeConversationIT {
  private static final int LARGE_ABOVE = 5;
  private static final int SMALL_BELOW = 4;
  private static final int MESSAGES = 240;
  private static final Duration PATIENCE = Duration.ofSeconds(Await.PATIENCE_SECONDS);

  private static List<ParleyServer> nodes;
  private static Crowd here;
  private static Crowd there;

  private String group;
  private volatile int sent;

  @BeforeAll
  static void start() {
    nodes =
        ParleyServer.pairOnSharedStack(
            "gateway",
            Map.of(
                "large.above", String.valueOf(LARGE_ABOVE),
                "large.small-below", String.valueOf(SMALL_BELOW),
                // These sockets say nothing of what they have, and are not to be told twice.
                "gateway.resend-after-ms", "600000"));
    here = new Crowd(nodes.get(0));
    there = new Crowd(nodes.get(1));
  }

  @AfterAll
  static void stop() {
    here.close();
    there.close();
    nodes.forEach(ParleyServer::close);
  }

  @Test
  void nothingIsLostDoubledOrOutOfOrderWhereverItGoesAndARemovalCutsAtItsNumber() {
    Metrics before = nodes.get(0).metrics();
    List<Crowd.Somebody> people = new ArrayList<>();
    List<RawSocket> sockets = new ArrayList<>();
    for (int i = 0; i < LARGE_ABOVE + 2; i++) {
      Crowd.Somebody somebody = here.somebody("p" + i);
      people.add(somebody);
      sockets.add(
          (i % 2 == 0 ? here : there).socket(RawSocket.WS).enter(somebody.session().accessToken()));
    }
    Crowd.Somebody ada = people.get(0);
    List<String> first =
        people.subList(1, LARGE_ABOVE).stream().map(Crowd.Somebody::userId).toList();
    group = Await.join(ada.api().createGroup("crowd", first)).conversationId();

    Future<Void> talk = talk(ada, 1);
    for (int i = LARGE_ABOVE; i < people.size(); i++) { // now it becomes large
      untilSent(MESSAGES * (i - LARGE_ABOVE + 1) / 8);
      Await.join(ada.api().putMember(group, people.get(i).userId(), "member"));
    }
    untilSent(MESSAGES * 3 / 8);
    RawSocket second =
        there
            .socket(RawSocket.WS)
            .enter(ada.signIn("second").credentials().session().accessToken());
    for (int i = 1; i <= 4; i++) { // and small again
      untilSent(MESSAGES * (3 + i) / 8);
      Await.join(ada.api().deleteMember(group, people.get(i).userId()));
    }
    Await.join(talk);

    List<Change> log = Await.join(ada.api().changes(group, 0, 500)).items();
    long head = log.get(log.size() - 1).changeSeq();
    for (int i = 0; i < people.size(); i++) {
      long to = numberOf(log, "member.left", people.get(i).userId(), head);
      RawSocket socket = sockets.get(i);
      await().atMost(PATIENCE).until(() -> last(numbers(socket)) >= to);
    }
    await().atMost(PATIENCE).until(() -> last(numbers(second)) >= head);
    // Either node is done with the last change; what it wrote to somebody too much comes first.
    for (RawSocket socket : sockets) {
      socket.say("ping", "p", new JsonObject());
      socket.await("pong");
    }
    for (int i = 0; i < people.size(); i++) {
      String user = people.get(i).userId();
      long from = numberOf(log, "member.joined", user, 1);
      long to = numberOf(log, "member.left", user, head);
      assertThat(numbers(sockets.get(i)))
          .as("%s of %s", i, people.size())
          .isEqualTo(LongStream.rangeClosed(from, to).boxed().toList());
    }
    assertThat(numbers(second)).isEqualTo(LongStream.rangeClosed(1, head).boxed().toList());
    Metrics after = nodes.get(0).metrics();
    Map<String, Long> byMode = after.grownSince(before, "parley_fanout_changes_total", "mode");
    assertThat(byMode.get("small") + byMode.get("large")).isEqualTo(head);
    assertThat(byMode.get("large")).isGreaterThan(MESSAGES / 4);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                nodes.stream()
                        .mapToLong(node -> node.metrics().sum("parley_gateway_large_conversations"))
                        .sum()
                    == 0);
  }

  @Test
  void aLongPollIsWokenByALargeConversation() {
    Crowd.Somebody ada = here.somebody("ada");
    List<String> others = new ArrayList<>();
    for (int i = 0; i < LARGE_ABOVE; i++) {
      others.add(here.somebody("o" + i).userId());
    }
    Crowd.Somebody bob = there.somebody("bob");
    others.add(bob.userId());
    String hall = Await.join(ada.api().createGroup("hall", others)).conversationId();
    SyncPage page = Await.join(bob.api().sync(null, 100, 0));
    assertThat(page.changes()).isNotEmpty();
    Future<SyncPage> waiting = bob.api().sync(page.cursor(), 100, 9);
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.get(1).metrics().sum("parley_gateway_polls_waiting") == 1);

    Await.join(ada.api().postMessage(hall, "m", "hello"));

    // One that is not woken answers as its time ends, with nothing.
    assertThat(Await.join(waiting).changes())
        .extracting(change -> change.message().text())
        .containsExactly("hello");
  }

  private Future<Void> talk(Crowd.Somebody who, int number) {
    return number > MESSAGES
        ? Future.succeededFuture()
        : who.api()
            .postMessage(group, "m" + number, "word " + number)
            .compose(
                ack -> {
                  sent = number;
                  return talk(who, number + 1);
                });
  }

  private void untilSent(int count) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> sent >= count);
  }

  /** The number of the change of this sort about this user; else the other. */
  private static long numberOf(List<Change> log, String type, String user, long otherwise) {
    return log.stream()
        .filter(change -> change.type().equals(type) && change.member().userId().equals(user))
        .mapToLong(Change::changeSeq)
        .findFirst()
        .orElse(otherwise);
  }

  /** The changes of the group that came to a socket, in the order of their coming. */
  private List<Long> numbers(RawSocket socket) {
    return socket.heard().stream()
        .map(JsonObject::new)
        .map(frame -> frame.getJsonObject("d"))
        .filter(data -> group.equals(data.getString("conversationId")))
        .filter(data -> data.containsKey("changeSeq"))
        .map(data -> data.getLong("changeSeq"))
        .toList();
  }

  private static long last(List<Long> numbers) {
    return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
  }
}
