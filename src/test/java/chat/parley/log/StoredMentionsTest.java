package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredMentionsTest {
  @Test
  void whatTheLogSaysOfAMessageIsKnownAgain() {
    assertThat(restored("\"mentions\":[\"a\",\"b\"]"))
        .isEqualTo(new Mentions(List.of(new UserId("a"), new UserId("b")), false));
    assertThat(restored("\"mentions\":[],\"mentionsChannel\":true"))
        .isEqualTo(new Mentions(List.of(), true));
    assertThat(restored("\"mentions\":[]")).isEqualTo(Mentions.NONE);
  }

  @Test
  void aTextThatLooksLikeItCallsNobody() {
    assertThat(restored("\"body\":{\"text\":\"\\\"mentions\\\":[\\\"a\\\"]\"},\"mentions\":[]"))
        .isEqualTo(Mentions.NONE);
  }

  private static Mentions restored(String fields) {
    byte[] payload = ("{\"message\":{" + fields + "}}").getBytes(StandardCharsets.UTF_8);
    return StoredMentions.restore(
            new Change(
                new ConversationId("c"),
                1,
                1,
                ChangeType.MESSAGE_NEW,
                new UserId("u"),
                null,
                1,
                payload))
        .mentions();
  }
}
