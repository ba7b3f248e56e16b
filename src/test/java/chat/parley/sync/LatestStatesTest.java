package chat.parley.sync;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.conversation.Standing.Range;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.Amendment;
import chat.parley.log.Amendments;
import chat.parley.model.ConversationId;
import chat.parley.model.MessageId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestStatesTest {
  private static final ConversationId C = new ConversationId("c");
  private static final UserId ANNA = new UserId("anna");

  private final Change one = message(1, "one");
  private final Change two = message(2, "two");
  private final Change edit = edit(3, 1, "ONE");
  private final Change reaction = reaction(4, 2);
  private final Change again = edit(5, 1, "Uno");
  private final Change delete = delete(6, 2);
  private final List<Change> all = List.of(one, two, edit, reaction, again, delete);
  private final List<String> asked = new ArrayList<>();
  private final LatestStates states = new LatestStates(new Stored());

  @Test
  void whatReachesTheHeadIsShownFromItselfAlone() {
    List<Change> shown = states.of(C, member(6), all, all).result();

    assertThat(texts(shown)).containsExactly("Uno", null, "Uno", "-", "Uno", null);
    assertThat(shown).extracting(Change::changeSeq).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(shown.get(3)).isSameAs(reaction);
    assertThat(asked).isEmpty();
  }

  @Test
  void whatEndsBeforeTheHeadIsShownWithWhatComesBehindIt() {
    List<Change> page = List.of(one, two, edit);

    assertThat(texts(states.of(C, member(6), page, page).result()))
        .containsExactly("Uno", null, "Uno");
    assertThat(asked).containsExactly("1-2");
    asked.clear();

    assertThat(texts(states.of(C, member(6), List.of(two, edit), List.of()).result()))
        .containsExactly(null, "Uno");
    assertThat(asked).containsExactly("2-2", "1-1");
  }

  @Test
  void aPageWithAGapDoesNotCountAsAll() {
    List<Change> page = List.of(one, delete);

    assertThat(texts(states.of(C, member(6), page, page).result())).containsExactly("Uno", null);
    assertThat(asked).containsExactly("1-1");
  }

  @Test
  void nothingIsLookedUpWhereNoMessageIsShown() {
    List<Change> page = List.of(reaction, delete);

    assertThat(states.of(C, member(9), page, page).result()).isEqualTo(page);
    assertThat(asked).isEmpty();
  }

  @Test
  void whoHasLeftSeesEditsUpToThatAndDeletesWheneverTheyCome() {
    View left = new View(new Position(6, 2), List.of(new Range(1, 4)), false);
    List<Change> page = List.of(one, two, edit, reaction);

    assertThat(texts(states.of(C, left, page, page).result()))
        .containsExactly("ONE", null, "ONE", "-");
  }

  @Test
  void whatIsNotSettledIsNotShown() {
    assertThat(texts(states.of(C, member(4), List.of(one), List.of()).result()))
        .containsExactly("ONE");
  }

  private static View member(long head) {
    return new View(new Position(head, 2), List.of(new Range(1, head)), true);
  }

  /** Null of a deleted one, a dash of what is no whole message. */
  private static List<String> texts(List<Change> changes) {
    List<String> texts = new ArrayList<>();
    for (Change change : changes) {
      JsonObject message = new JsonObject(Buffer.buffer(change.payload())).getJsonObject("message");
      JsonObject body = message.getJsonObject("body");
      texts.add(
          body != null ? body.getString("text") : message.containsKey("deleted") ? null : "-");
    }
    return texts;
  }

  private final class Stored implements Amendments {
    @Override
    public Future<List<Amendment>> of(ConversationId conversation, long from, long to) {
      asked.add(from + "-" + to);
      return Future.succeededFuture(
          all.stream()
              .filter(change -> change.type().amends())
              .map(Amendment::of)
              .filter(amendment -> from <= amendment.target() && amendment.target() <= to)
              .toList());
    }

    @Override
    public Future<Void> store(ConversationId conversation, Collection<Change> amendments) {
      throw new AssertionError();
    }
  }

  private static Change message(long number, String text) {
    return change(number, number, ChangeType.MESSAGE_NEW, body(text), new JsonObject());
  }

  private static Change edit(long number, long target, String text) {
    return change(number, target, ChangeType.MESSAGE_EDIT, body(text), new JsonObject());
  }

  private static Change delete(long number, long target) {
    JsonObject tombstone = new JsonObject().put("deleted", true);
    return change(number, target, ChangeType.MESSAGE_DELETE, tombstone, new JsonObject());
  }

  private static Change reaction(long number, long target) {
    JsonObject reaction = new JsonObject().put("emoji", "👍").put("on", true);
    return change(
        number,
        target,
        ChangeType.REACTION,
        new JsonObject(),
        new JsonObject().put("reaction", reaction));
  }

  private static JsonObject body(String text) {
    return new JsonObject().put("body", new JsonObject().put("text", text));
  }

  private static Change change(
      long number, long target, ChangeType type, JsonObject message, JsonObject payload) {
    message.put("messageId", new MessageId(C, target).toString()).put("seq", target);
    return new Change(
        C, number, 2, type, ANNA, null, 1, payload.put("message", message).toBuffer().getBytes());
  }
}
