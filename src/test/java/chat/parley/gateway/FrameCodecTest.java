package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import chat.parley.bus.Failure;
import chat.parley.model.ConversationId;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
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
  void saysWhatIsWrong() {
    assertRefused("{\"t\":\"no.such\",\"id\":\"7\",\"d\":{}}", "7", "unknown frame type");
    for (String later :
        new String[] {
          "message.edit",
          "message.delete",
          "reaction.set",
          "typing",
          "presence.watch",
          "presence.set"
        }) {
      assertRefused(
          "{\"t\":\"" + later + "\",\"id\":\"7\",\"d\":{}}", "7", later + " is not supported yet");
    }
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
