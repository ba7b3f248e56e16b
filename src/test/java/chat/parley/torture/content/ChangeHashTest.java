package chat.parley.torture.content;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Change;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ChangeHashTest {
  private static JsonObject message() {
    return new JsonObject()
        .put("messageId", "m")
        .put("seq", 3)
        .put("senderId", "u1")
        .put("senderDeviceId", "d1")
        .put("clientMsgId", "x1")
        .put("createdAt", "2026-01-01T00:00:00.000Z")
        .put("body", new JsonObject().put("text", "hi"));
  }

  private static Change change(String type, String field, JsonObject content) {
    return Change.parse(
        new JsonObject()
            .put("type", type)
            .put("conversationId", "c1")
            .put("changeSeq", 5)
            .put("seq", 3)
            .put("at", "2026-01-01T00:00:00.000Z")
            .put("actorId", "u1")
            .put(field, content));
  }

  @Test
  void aMessageHasTheHashOfItsSend() {
    String seen = ChangeHash.of(change("message.new", "message", message()));

    assertThat(seen)
        .isEqualTo(ChangeHash.ofSend("c1", "u1", "d1", "x1", "hi", null))
        .isNotEqualTo(ChangeHash.ofSend("c2", "u1", "d1", "x1", "hi", null))
        .isNotEqualTo(ChangeHash.ofSend("c1", "u1", "d1", "x1", "hi!", null))
        .isNotEqualTo(ChangeHash.ofSend("c1", "u1", "d1", "x2", "hi", null))
        .isNotEqualTo(ChangeHash.ofSend("c1", "u1", "d1", "x1", "hi", "m0"));
  }

  @Test
  void anEditHasTheHashOfWhatItLeavesAndADeleteThatOfNothing() {
    JsonObject edited = message().put("messageId", "c1.3").put("version", 5);
    edited.put("body", new JsonObject().put("text", "ho"));
    JsonObject deleted = message().put("messageId", "c1.3").put("version", 9).put("deleted", true);
    deleted.remove("body");
    Change edit = change("message.edit", "message", edited);

    assertThat(ChangeHash.of(edit))
        .isEqualTo(ChangeHash.ofSend("c1", "u1", "d1", "x1", "ho", null))
        .isEqualTo(ChangeHash.ofAmended("c1", edit.message(), "ho"));
    Change laterDeleted = change("message.edit", "message", deleted);
    assertThat(ChangeHash.of(laterDeleted))
        .isEqualTo(ChangeHash.ofAmended("c1", edit.message(), null));
    assertThat(ChangeEvent.of("ada/phone", Op.RECEIVE, edit).when(1, 2))
        .extracting(Event::target, Event::version, Event::subject, Event::reactions)
        .containsExactly(3L, 0L, "u1", null);
    assertThat(ChangeEvent.of("ada/phone", Op.RECEIVE, laterDeleted).when(1, 2))
        .extracting(Event::target, Event::version)
        .containsExactly(3L, 9L);
  }

  @Test
  void aReactionSaysItsStepAndAMessageAllThatItHas() {
    JsonObject step =
        new JsonObject()
            .put("type", "reaction")
            .put("conversationId", "c1")
            .put("changeSeq", 5)
            .put("seq", 3)
            .put("actorId", "u2")
            .put("message", new JsonObject().put("messageId", "c1.3").put("seq", 3))
            .put("reaction", new JsonObject().put("emoji", "x").put("on", false));
    JsonObject reactions =
        new JsonObject().put("x", new JsonArray().add("u2").add("u3")).put("y", new JsonArray());
    JsonObject liked = message().put("reactions", reactions).put("version", 8);

    assertThat(ChangeEvent.of("ada/phone", Op.RECEIVE, Change.parse(step)).when(1, 2))
        .extracting(Event::target, Event::subject, Event::reactions)
        .containsExactly(3L, "u2", "-x");
    assertThat(ChangeHash.of(Change.parse(step)))
        .isNotEqualTo(
            ChangeHash.of(
                Change.parse(
                    step.copy()
                        .put("reaction", new JsonObject().put("emoji", "x").put("on", true)))));
    assertThat(
            ChangeEvent.of("ada/phone", Op.RECEIVE, change("message.new", "message", liked))
                .when(1, 2))
        .extracting(Event::version, Event::reactions)
        .containsExactly(8L, "x=u2,u3;y=");
  }

  @Test
  void aMembersChangeIsAboutThatMember() {
    JsonObject ada = new JsonObject().put("userId", "u2").put("displayName", "Ada");
    JsonObject renamed = ada.copy().put("displayName", "Ada L.");
    JsonObject bob = new JsonObject().put("userId", "u3");

    assertThat(ChangeHash.of(change("member.joined", "member", ada)))
        .isEqualTo(ChangeHash.of(change("member.joined", "member", renamed)))
        .isNotEqualTo(ChangeHash.of(change("member.left", "member", ada)))
        .isNotEqualTo(ChangeHash.of(change("member.joined", "member", bob)));
  }

  @Test
  void anEventSaysAllThatAChangeSays() {
    Event event =
        ChangeEvent.of("ada/phone", Op.RECEIVE, change("message.new", "message", message()))
            .by("u9", "d9")
            .from("live")
            .when(1, 2);

    assertThat(event)
        .extracting(
            Event::conversation, Event::changeSeq, Event::seq, Event::clientMsgId, Event::note)
        .containsExactly("c1", 5L, 3L, "x1", "message.new");
    assertThat(
            ChangeEvent.of(
                    "store",
                    Op.STORED,
                    change("member.left", "member", new JsonObject().put("userId", "u2")))
                .when(1, 2)
                .subject())
        .isEqualTo("u2");
  }
}
