package chat.parley.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.MessageId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where changes of large conversations go, and whom they name. */
class InterestRoutesTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final ConversationId OTHER = new ConversationId("other");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");

  private final FakeCluster cluster = new FakeCluster();
  private static final byte[] EDIT_OF_7 =
      ("{\"message\":{\"messageId\":\"" + new MessageId(ROOM, 7) + "\"}}")
          .getBytes(StandardCharsets.UTF_8);

  private final InterestRoutes routes = new InterestRoutes(cluster, cluster, cluster);

  @BeforeEach
  void begin() {
    cluster.member(ROOM, ANNA, 1);
    cluster.member(ROOM, BEN, 2);
    cluster.connect(ANNA, "g1");
    cluster.connect(BEN, "g2");
    cluster.connect(CARL, "g3");
  }

  @Test
  void aMessageGoesOnceToEachGatewayThatIsInterestedAndNamesNobody() throws Exception {
    cluster.interested.put(ROOM, Set.of("g1", "g2"));
    cluster.interested.put(OTHER, Set.of("g2"));

    assertThat(sent(message(ROOM, 10), message(OTHER, 7), message(ROOM, 11)))
        .containsExactly(
            Map.entry("g1", "room10[] room11[]"), Map.entry("g2", "room10[] other7[] room11[]"));
    assertThat(cluster.memberReads()).isZero();
  }

  @Test
  void aJoinGoesToItsSubjectsGatewayAndSoDoesAllThatFollowsInTheBatch() throws Exception {
    cluster.interested.put(ROOM, Set.of("g1"));

    assertThat(sent(message(ROOM, 10), join(11, CARL), message(ROOM, 12)))
        .containsExactly(
            Map.entry("g1", "room10[] room11[] room12[]"),
            Map.entry("g3", "room11[carl] room12[]"));
    assertThat(cluster.memberReads()).isZero();
  }

  @Test
  void theChangeThatMakesItLargeNamesEverybodyThereIs() throws Exception {
    Change turn = join(9, CARL).largeSince(9);

    assertThat(sent(turn, message(ROOM, 10)))
        .containsExactly(
            Map.entry("g1", "room9[anna] room10[]"),
            Map.entry("g2", "room9[ben] room10[]"),
            Map.entry("g3", "room9[carl] room10[]"));
  }

  @Test
  void anEditNamesTheMessageThatWhoeverIsToldMustHaveBeenThereForUnlessThePastIsOpen()
      throws Exception {
    cluster.interested.put(ROOM, Set.of("g1"));
    Change edit = change(ROOM, ChangeType.MESSAGE_EDIT, 11, null).saying(EDIT_OF_7);

    assertThat(onlyFor(message(ROOM, 10), edit)).containsExactly(0L, 7L);
    cluster.history = HistoryVisibility.ALL;
    assertThat(onlyFor(message(ROOM, 10), edit)).containsExactly(0L, 0L);
  }

  private List<Long> onlyFor(Change... changes) throws Exception {
    return got(routes.of(List.of(changes))).get("g1").deliveries().stream()
        .map(Delivery::onlyFor)
        .toList();
  }

  private Map<String, String> sent(Change... changes) throws Exception {
    Map<String, DeliverChanges> messages = got(routes.of(List.of(changes)));
    Map<String, String> lines = new TreeMap<>();
    messages.forEach(
        (gateway, message) -> {
          List<String> words = new ArrayList<>();
          for (Delivery one : message.deliveries()) {
            List<String> named = one.users().stream().map(UserId::value).sorted().toList();
            words.add(
                one.change().conversationId()
                    + ""
                    + one.change().changeSeq()
                    + "["
                    + String.join(",", named)
                    + "]");
          }
          lines.put(gateway, String.join(" ", words));
        });
    return lines;
  }

  private static Change message(ConversationId room, long number) {
    return change(room, ChangeType.MESSAGE_NEW, number, null);
  }

  private static Change join(long number, UserId who) {
    return change(ROOM, ChangeType.MEMBER_JOINED, number, who);
  }

  private static Change change(ConversationId room, ChangeType type, long number, UserId subject) {
    return new Change(room, number, number, type, ANNA, subject, 0, new byte[] {'{', '}'})
        .largeSince(2);
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
