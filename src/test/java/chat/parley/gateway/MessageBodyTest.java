package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MessageBodyTest {
  @Test
  void keepsTextAndFormatAndDropsTheRest() {
    assertThat(canonical("{\"format\":\"markdown\",\"x\":1,\"text\":\"hé\"}"))
        .isEqualTo("{\"text\":\"hé\",\"format\":\"markdown\"}");
    assertThat(canonical("{\"text\":\"a\",\"format\":null}")).isEqualTo("{\"text\":\"a\"}");
  }

  @Test
  void refusesWhatIsNoBody() {
    for (String json :
        new String[] {
          "{}",
          "{\"text\":null}",
          "{\"text\":\"\"}",
          "{\"text\":7}",
          "{\"text\":\"a\",\"format\":\"html\"}",
          "{\"text\":\"a\",\"format\":1}",
          "{\"text\":\"\\ud800\"}"
        }) {
      assertThat(failureOf(new JsonObject(json))).as(json).isEqualTo(Failure.BAD_REQUEST);
    }
    assertThat(failureOf(null)).isEqualTo(Failure.BAD_REQUEST);
  }

  @Test
  void countsBytesNotCharacters() {
    assertThat(MessageBody.of(text("é".repeat(8_192))).text()).hasSize(8_192);
    assertThat(failureOf(text("é".repeat(8_193)))).isEqualTo(Failure.PAYLOAD_TOO_LARGE);
    assertThat(MessageBody.of(text("a".repeat(16_384))).text()).hasSize(16_384);
    assertThat(failureOf(text("a".repeat(16_385)))).isEqualTo(Failure.PAYLOAD_TOO_LARGE);
  }

  private static JsonObject text(String text) {
    return new JsonObject().put("text", text);
  }

  private static String canonical(String json) {
    return new String(MessageBody.of(new JsonObject(json)).canonicalJson(), StandardCharsets.UTF_8);
  }

  private static Failure failureOf(JsonObject body) {
    FailureException[] caught = new FailureException[1];
    assertThatThrownBy(() -> MessageBody.of(body))
        .isInstanceOfSatisfying(FailureException.class, e -> caught[0] = e);
    return caught[0].failure();
  }
}
