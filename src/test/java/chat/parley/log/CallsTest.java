package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.MessageId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallsTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BERT = new UserId("bert");

  private final FakeLog log = new FakeLog();
  private final Calls calls = new Calls(log);

  @Test
  void countsWhatCallsTheUserAfterWhatTheyHaveSeen() {
    message(ANNA, List.of("bert"), false); // 1
    message(ANNA, List.of("carl"), false); // 2
    message(ANNA, List.of(), true); // 3
    message(ANNA, List.of("carl", "bert"), true); // 4

    assertThat(count(BERT, 0)).isEqualTo(3);
    assertThat(count(BERT, 1)).isEqualTo(2);
    assertThat(count(BERT, 3)).isEqualTo(1);
    assertThat(count(BERT, 4)).isZero();
  }

  @Test
  void onesOwnMessagesAndEditsCallNobodyAndDeletedOnesNoMore() {
    message(BERT, List.of("bert"), true);
    long deleted = message(ANNA, List.of("bert"), false);
    long edited = message(ANNA, List.of(), false);
    amend(ChangeType.MESSAGE_EDIT, edited);
    assertThat(count(BERT, 0)).isEqualTo(1);

    amend(ChangeType.MESSAGE_DELETE, deleted);

    assertThat(count(BERT, 0)).isZero();
    assertThat(new Calls(log).count(ROOM, BERT, 0, log.head()).result()).isZero();
  }

  @Test
  void whatWasReadIsNotReadAgainAndWhoHasSeenLessIsStillTold() {
    for (int i = 0; i < 600; i++) {
      message(ANNA, List.of("bert"), false);
    }
    assertThat(count(BERT, 590)).isEqualTo(10);
    assertThat(log.read).isEqualTo(250);
    assertThat(count(BERT, 100)).isEqualTo(500);
    assertThat(log.read).isEqualTo(500);

    message(ANNA, List.of("bert"), false);

    assertThat(count(BERT, 100)).isEqualTo(501);
    assertThat(log.read).isEqualTo(501);
  }

  @Test
  void onlyTheLastThousandChangesAreLookedThroughOnWhicheverNode() {
    for (int i = 0; i < Calls.MOST + 500; i++) {
      message(ANNA, List.of("bert"), false);
      if (i == Calls.MOST) {
        assertThat(count(BERT, 0)).isEqualTo(Calls.MOST);
      }
    }
    assertThat(count(BERT, 0)).isEqualTo(Calls.MOST);
    assertThat(new Calls(log).count(ROOM, BERT, 0, log.head()).result()).isEqualTo(Calls.MOST);
  }

  @Test
  void aHeadThatIsOlderThanWhatIsKnownIsAnsweredForItself() {
    message(ANNA, List.of("bert"), false);
    Position before = log.head();
    message(ANNA, List.of("bert"), false);
    assertThat(count(BERT, 0)).isEqualTo(2);

    assertThat(calls.count(ROOM, BERT, 0, before).result()).isEqualTo(1);
  }

  private int count(UserId user, long afterSeq) {
    return calls.count(ROOM, user, afterSeq, log.head()).result();
  }

  private long message(UserId sender, List<String> called, boolean all) {
    JsonObject message = new JsonObject().put("mentions", new JsonArray(called));
    if (all) {
      message.put("mentionsChannel", true);
    }
    return log.add(ChangeType.MESSAGE_NEW, sender, message);
  }

  /** With a text that calls, which makes no difference. */
  private void amend(ChangeType type, long target) {
    JsonObject message =
        new JsonObject()
            .put("messageId", new MessageId(ROOM, target).toString())
            .put("mentions", new JsonArray(List.of("bert")));
    log.add(type, ANNA, message);
  }

  /** A log in memory that says how many changes were read. */
  private static final class FakeLog implements MessageLog {
    private final List<Change> changes = new ArrayList<>();
    private int read;

    long add(ChangeType type, UserId actor, JsonObject message) {
      long seq = head().seq() + (type.isMessage() ? 1 : 0);
      byte[] payload = new JsonObject().put("message", message).toBuffer().getBytes();
      changes.add(new Change(ROOM, changes.size() + 1L, seq, type, actor, null, 1_000, payload));
      return changes.size();
    }

    Position head() {
      return changes.isEmpty()
          ? Position.START
          : new Position(changes.size(), changes.get(changes.size() - 1).seq());
    }

    @Override
    public Future<List<Change>> ascending(
        ConversationId conversation, long from, long bound, int limit) {
      List<Change> page = changes.subList((int) from - 1, (int) Math.min(bound, from + limit - 1));
      read += page.size();
      return Future.succeededFuture(page);
    }

    @Override
    public Future<List<Change>> descending(
        ConversationId conversation, long bound, long downTo, int limit) {
      long from = Math.max(downTo, bound - limit + 1);
      return ascending(conversation, from, bound, limit)
          .map(
              page -> {
                List<Change> reversed = new ArrayList<>(page);
                Collections.reverse(reversed);
                return reversed;
              });
    }

    @Override
    public Future<Position> published(ConversationId conversation) {
      return Future.succeededFuture(head());
    }
  }
}
