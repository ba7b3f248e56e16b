package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class MessageStateTest {
  private final MessageState state =
      MessageState.of(
          change(
              5,
              ChangeType.MESSAGE_NEW,
              "anna",
              "{'message':{'messageId':'c.5','seq':4,'senderId':'anna','createdAt':"
                  + "'2026-11-22T10:00:00.000Z','body':{'text':'one'},'attachments':[],"
                  + "'mentions':['ben'],'mentionsChannel':true,'replyTo':'c.1'}}"));

  @Test
  void isTheMessageAsLongAsNobodyAltersIt() {
    assertThat(state.version()).isEqualTo(5);
    assertThat(state.amendments()).isZero();
    assertThat(state.toJson().getString("replyTo")).isEqualTo("c.1");
    assertThat(state.toJson().containsKey("reactions")).isFalse();
  }

  @Test
  void anEditPutsItsTextAndMentionsInPlaceOfTheOld() {
    state.apply(edit(7, "two"));

    JsonObject json = state.toJson();
    assertThat(json.getJsonObject("body").getString("text")).isEqualTo("two");
    assertThat(json.getString("editedAt")).isEqualTo("then");
    assertThat(json.getJsonArray("mentions")).isEmpty();
    assertThat(json.containsKey("mentionsChannel")).isFalse();
    assertThat(json.getLong("version")).isEqualTo(7);
    assertThat(json.getLong("seq")).isEqualTo(4);
  }

  @Test
  void reactionsAreAUsersOwnInTheOrderOfTheirFirst() {
    state.apply(reaction(6, "ben", "👍", true));
    state.apply(reaction(7, "anna", "🎉", true));
    state.apply(reaction(8, "anna", "👍", true));
    state.apply(reaction(9, "ben", "👍", true));
    state.apply(edit(10, "two"));

    assertThat(state.toJson().getJsonObject("reactions"))
        .isEqualTo(
            new JsonObject()
                .put("👍", new JsonArray().add("ben").add("anna"))
                .put("🎉", new JsonArray().add("anna")));
    assertThat(state.reactedAt("👍", new UserId("ben"))).isEqualTo(6);
    assertThat(state.version()).isEqualTo(10);
    assertThat(state.bodyVersion()).isEqualTo(10);

    state.apply(reaction(11, "anna", "🎉", false));
    state.apply(reaction(12, "nobody", "🎉", false));

    assertThat(state.toJson().getJsonObject("reactions").fieldNames()).containsExactly("👍");
    assertThat(state.amendments()).isEqualTo(7);
  }

  @Test
  void ofADeletedOneOnlyWhoAndWhenIsLeft() {
    state.apply(reaction(6, "ben", "👍", true));
    state.apply(edit(7, "two"));
    state.apply(change(8, ChangeType.MESSAGE_DELETE, "anna", "{}"));

    assertThat(state.isDeleted()).isTrue();
    assertThat(state.toJson())
        .isEqualTo(
            new JsonObject()
                .put("messageId", "c.5")
                .put("seq", 4)
                .put("senderId", "anna")
                .put("createdAt", "2026-11-22T10:00:00.000Z")
                .put("attachments", new JsonArray())
                .put("mentions", new JsonArray())
                .put("deleted", true)
                .put("version", 8L));
  }

  @Test
  void anEditSaysTheWholeMessageSoThatItGoesOnFromThere() {
    state.apply(reaction(6, "ben", "👍", true));
    JsonObject whole = state.toJson();

    MessageState again =
        MessageState.of(
            change(
                6,
                ChangeType.MESSAGE_EDIT,
                "anna",
                new JsonObject().put("message", whole).encode()));

    assertThat(again.toJson()).isEqualTo(whole);
  }

  private static Change edit(long number, String text) {
    return change(
        number,
        ChangeType.MESSAGE_EDIT,
        "anna",
        "{'message':{'body':{'text':'" + text + "'},'mentions':[],'editedAt':'then'}}");
  }

  private static Change reaction(long number, String user, String emoji, boolean on) {
    return change(
        number,
        ChangeType.REACTION,
        user,
        "{'message':{},'reaction':{'emoji':'" + emoji + "','on':" + on + "}}");
  }

  private static Change change(long number, ChangeType type, String actor, String json) {
    return new Change(
        new ConversationId("c"),
        number,
        4,
        type,
        new UserId(actor),
        null,
        1,
        new JsonObject(json.replace('\'', '"')).toBuffer().getBytes());
  }
}
