package chat.parley.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageIdTest {
  @Test
  void readsWhatItWrote() {
    MessageId id = new MessageId(new ConversationId("a.b"), 1_000_000);
    assertThat(MessageId.parse(id.toString())).hasValue(id);
  }

  @Test
  void aMessageHasOneIdOnly() {
    for (String other :
        new String[] {
          null,
          "",
          ".",
          "c",
          "c.",
          ".1",
          "c.0",
          "c.01",
          "c.A",
          "c.-1",
          "c.+1",
          "c.1 ",
          "c.1\n",
          "c.$",
          "c.zzzzzzzzzzzzzz",
          "c c.1"
        }) {
      assertThat(MessageId.parse(other)).as(String.valueOf(other)).isEmpty();
    }
  }
}
