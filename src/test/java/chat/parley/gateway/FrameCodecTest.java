package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import chat.parley.bus.Failure;
import chat.parley.bus.IngestMessages.Amend;
import chat.parley.bus.IngestMessages.DeleteMessage;
import chat.parley.bus.IngestMessages.EditMessage;
import chat.parley.bus.IngestMessages.SetReaction;
import chat.parley.model.ConversationId;
import chat.parley.model.MessageId;
import chat.parley.model.PresenceStatus;
import chat.parley.model.UserId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
  private static final UserId ANNA = new UserId("anna");

  private final FrameCodec codec = new FrameCodec(65_536, 500);

  @Test
  void readsEveryFrame() throws BadFrame {
    ClientFrame.Hello hello =
        (ClientFrame.Hello)
            codec.parse("{\"t\":\"hello\",\"d\":{\"token\":\"x.y.z\",\"cursors\":{\"c\":7}}}");
    assertThat(hello.token()).isEqualTo("x.y.z");
    assertThat(hello.cursors()).containsEntry(new ConversationId("c"), 7L);
    assertThat(hello.id()).isNull();
    ClientFrame.Send send =
        (ClientFrame.Send)
            codec.parse(
                "{\"t\":\"message.send\",\"id\":\"1\",\"new\":{},\"d\":{\"conversationId\":\"c\","
                    + "\"clientMsgId\":\"m\",\"body\":{\"text\":\"hi\"},\"attachments\":[]}}");
    assertThat(send.body().text()).isEqualTo("hi");
    assertThat(send.id()).isEqualTo("1");
    assertThat(codec.parse("{\"t\":\"receipt.delivered\",\"d\":{\"cursors\":{\"c\":9000000000}}}"))
        .isInstanceOf(ClientFrame.Delivered.class);
    assertThat(codec.parse("{\"t\":\"receipt.read\",\"d\":{\"conversationId\":\"c\",\"seq\":1}}"))
        .isInstanceOf(ClientFrame.Read.class);
    ClientFrame.Sync sync =
        (ClientFrame.Sync)
            codec.parse(
                "{\"t\":\"sync\",\"d\":{\"conversationId\":\"c\",\"after\":0,\"limit\":9999}}");
    assertThat(sync.limit()).isEqualTo(500);
    assertThat(codec.parse("{\"t\":\"ping\",\"id\":\"" + "😀".repeat(64) + "\"}").id())
        .hasSize(128);
    assertThat(codec.parse("{\"t\":\"ping\"}").kind()).isEqualTo(ClientFrame.Kind.PING);
  }

  @Test
  void readsWhatIsToBeDoneToAMessage() throws BadFrame {
    ClientFrame.Amend edit =
        (ClientFrame.Amend)
            codec.parse(amend("message.edit", "\"messageId\":\"c.5\",\"body\":{\"text\":\"new\"}"));
    assertThat(edit.messageId()).isEqualTo(new MessageId(new ConversationId("c"), 5));
    EditMessage command = (EditMessage) command(edit);
    assertThat(command.target()).isEqualTo(5);
    assertThat(new String(command.body(), StandardCharsets.UTF_8)).isEqualTo("{\"text\":\"new\"}");
    assertThat(command.ifVersion()).isZero();

    ClientFrame delete = codec.parse(amend("message.delete", "\"messageId\":\"c.5\""));
    assertThat(command((ClientFrame.Amend) delete))
        .isEqualTo(new DeleteMessage(new ConversationId("c"), ANNA, 5));

    ClientFrame reaction =
        codec.parse(amend("reaction.set", "\"messageId\":\"c.5\",\"emoji\":\"👍\",\"on\":false"));
    assertThat(command((ClientFrame.Amend) reaction))
        .isEqualTo(new SetReaction(new ConversationId("c"), ANNA, 5, "👍", false));
  }

  @Test
  void saysWhatIsWrongWithWhatIsToBeDoneToAMessage() {
    String some = "\"messageId\":\"c.5\"";
    assertRefused(amend("message.delete", ""), "7", "messageId must be a string");
    assertRefused(amend("message.delete", "\"messageId\":\"c\""), "7", "no such message");
    assertRefused(amend("message.edit", some), "7", "body is required");
    assertRefused(amend("message.edit", some + ",\"body\":7"), "7", "body must be an object");
    assertRefused(amend("reaction.set", some + ",\"on\":true"), "7", "emoji must be a string");
    assertRefused(amend("reaction.set", some + ",\"emoji\":\"ok\",\"on\":true"), "7", "one emoji");
    assertRefused(amend("reaction.set", some + ",\"emoji\":\"👍\",\"on\":1"), "7", "on must be");
  }

  private static String amend(String type, String data) {
    return "{\"t\":\"" + type + "\",\"id\":\"7\",\"d\":{" + data + "}}";
  }

  @Test
  void readsWhatIsSoft() throws BadFrame {
    assertThat(codec.parse("{\"t\":\"presence.set\",\"d\":{\"status\":\"away\"}}"))
        .isEqualTo(new ClientFrame.SetPresence(null, PresenceStatus.AWAY));
    assertThat(codec.parse("{\"t\":\"presence.watch\",\"d\":{\"userIds\":[\"a\",\"b\",\"a\"]}}"))
        .isEqualTo(new ClientFrame.Watch(null, Set.of(new UserId("a"), new UserId("b"))));
    assertThat(((ClientFrame.Watch) codec.parse(watch(500))).userIds()).hasSize(500);
    assertThat(codec.parse("{\"t\":\"typing\",\"d\":{\"conversationId\":\"c\",\"on\":false}}"))
        .isEqualTo(new ClientFrame.Typing(null, new ConversationId("c"), false));
  }

  private static String watch(int users) {
    JsonArray ids = new JsonArray();
    for (int i = 0; i < users; i++) {
      ids.add("u" + i);
    }
    return new JsonObject()
        .put("t", "presence.watch")
        .put("id", "7")
        .put("d", new JsonObject().put("userIds", ids))
        .encode();
  }

  private static Amend command(ClientFrame.Amend frame) {
    return frame
        .change()
        .of(frame.messageId(), ANNA, new MentionFinder(new FakeAccounts()))
        .result();
  }

  @Test
  void saysWhatIsWrong() {
    assertRefused("{\"t\":\"no.such\",\"id\":\"7\",\"d\":{}}", "7", "unknown frame type");
    assertRefused("{\"t\":\"typing\",\"id\":\"7\",\"d\":{\"on\":true}}", "7", "conversationId");
    assertRefused(
        "{\"t\":\"typing\",\"id\":\"7\",\"d\":{\"conversationId\":\"c\",\"on\":1}}",
        "7",
        "on must be true or false");
    assertRefused(
        "{\"t\":\"presence.watch\",\"id\":\"7\",\"d\":{}}", "7", "userIds must be a list");
    assertRefused(
        "{\"t\":\"presence.watch\",\"id\":\"7\",\"d\":{\"userIds\":[\"a\",\"b c\"]}}",
        "7",
        "userIds[1] must be a user id");
    assertRefused(watch(501), "7", "at most 500");
    assertRefused(
        "{\"t\":\"presence.set\",\"id\":\"7\",\"d\":{\"status\":\"offline\"}}",
        "7",
        "status must be one of online, away");
    assertRefused("{\"t\":\"ping\",\"id\":\"\\ud800\"}", null, "id must be");
    assertRefused(
        "{\"t\":\"sync\",\"id\":\"7\",\"d\":{\"conversationId\":\"c\",\"after\":0,\"limit\":0}}",
        "7",
        "limit");
    assertRefused(
        send(
            "\"conversationId\":\"c\",\"clientMsgId\":\"m\",\"body\":{\"text\":\"x\"},"
                + "\"replyTo\":\"other.1\""),
        "7",
        "replyTo");
    assertRefused("{\"d\":{}}", null, "t must be a string");
    assertRefused("{\"t\":\"ping\",\"d\":[]}", null, "d must be an object");
    assertRefused("{\"t\":\"ping\",\"id\":5}", null, "id must be");
    assertRefused("{\"t\":\"ping\",\"id\":\"" + "x".repeat(65) + "\"}", null, "id must be");
    assertRefused(send("\"conversationId\":\"a b\",\"clientMsgId\":\"m\""), "7", "conversationId");
    assertRefused(send("\"conversationId\":\"c\",\"clientMsgId\":\"m.\""), "7", "clientMsgId");
    assertRefused(send("\"conversationId\":\"c\""), "7", "clientMsgId");
    assertRefused(
        send("\"conversationId\":\"c\",\"clientMsgId\":\"m\",\"attachments\":[1]"),
        "7",
        "attachments");
    assertRefused(
        send("\"conversationId\":\"c\",\"clientMsgId\":\"m\",\"body\":\"hi\""), "7", "body");
    assertRefused(
        "{\"t\":\"receipt.read\",\"id\":\"7\",\"d\":{\"conversationId\":\"c\",\"seq\":-1}}",
        "7",
        "seq");
    assertRefused(
        "{\"t\":\"receipt.delivered\",\"id\":\"7\",\"d\":{\"cursors\":{\"c\":1.5}}}", "7", "c ");
    assertRefused("{\"t\":\"receipt.delivered\",\"id\":\"7\",\"d\":{}}", "7", "cursors");
  }

  @Test
  void survivesWhatIsNoFrame() {
    for (String text :
        new String[] {
          "",
          "null",
          "[]",
          "7",
          "{",
          "{} {}",
          "{\"t\":\"ping\",\"t\":\"ping\"}",
          "[".repeat(60_000),
          "{\"d\":".repeat(10_000),
          "{\"t\":\"ping\",\"d\":{\"n\":" + "9".repeat(60_000) + "}}",
          "{\"t\":NaN}"
        }) {
      BadFrame bad = refusal(text);
      assertThat(bad.fatal()).isFalse();
      assertThat(bad.refusal().failure()).isEqualTo(Failure.BAD_REQUEST);
      assertThat(bad.refusal().getMessage()).doesNotContain("jackson").doesNotContain("line");
    }
  }

  @Test
  void countsBytesAndIsDoneWithWhoSendsTooMany() {
    String head = "{\"t\":\"ping\",\"d\":{\"x\":\"";
    String tail = "\"}}";
    int room = 65_536 - head.length() - tail.length();
    assertThat(refusalOrNull(head + "a".repeat(room) + tail)).isNull();
    assertThat(refusal(head + "a".repeat(room + 1) + tail).fatal()).isTrue();
    assertThat(refusal(head + "é".repeat(room / 2 + 1) + tail).fatal()).isTrue();
    assertThat(refusal(head + "€".repeat(room / 3 + 1) + tail).fatal()).isTrue();
    assertThat(refusalOrNull(head + "😀".repeat(room / 4) + tail)).isNull();
  }

  private void assertRefused(String text, String id, String part) {
    BadFrame bad = refusal(text);
    assertThat(bad.frameId()).isEqualTo(id);
    assertThat(bad.refusal()).hasMessageContaining(part);
    assertThat(bad.fatal()).isFalse();
  }

  private static String send(String fields) {
    return "{\"t\":\"message.send\",\"id\":\"7\",\"d\":{" + fields + "}}";
  }

  private BadFrame refusal(String text) {
    BadFrame bad = refusalOrNull(text);
    if (bad == null) {
      fail("was read: " + text);
    }
    return bad;
  }

  private BadFrame refusalOrNull(String text) {
    try {
      codec.parse(text);
      return null;
    } catch (BadFrame bad) {
      return bad;
    }
  }
}
