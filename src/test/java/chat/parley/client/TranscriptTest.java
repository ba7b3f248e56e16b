package chat.parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TranscriptTest {
  private final Transcript transcript = new Transcript();

  @Test
  void showsMessagesAsTheirChangesLeftThem() {
    apply(1, "message.new", "'message':{'messageId':'a','seq':1,'body':{'text':'one'}}");
    apply(2, "message.new", "'message':{'messageId':'b','seq':2,'body':{'text':'two'}}");
    react(3, "a", true);
    apply(
        4,
        "message.edit",
        "'message':{'messageId':'a','seq':1,'version':4,'editedAt':'t','body':{'text':'ONE'},"
            + "'reactions':{'👍':['ben']}}");
    apply(5, "message.delete", "'message':{'messageId':'b','seq':2,'version':5,'deleted':true}");
    react(6, "nowhere", true);

    List<Message> shown = transcript.messages();
    assertThat(shown).extracting(Message::text).containsExactly("ONE", null);
    assertThat(shown.get(0).reactions()).isEqualTo(Map.of("👍", List.of("ben")));
    assertThat(shown.get(1).deleted()).isTrue();
    react(7, "a", false);
    assertThat(transcript.messages().get(0).reactions()).isEmpty();
  }

  @Test
  void whatAPageBroughtAheadIsNotUndoneByChangesThatAreOlder() {
    apply(
        1, "message.new", "'message':{'messageId':'a','seq':1,'version':9,'body':{'text':'late'}}");
    react(2, "a", true);
    apply(
        3,
        "message.edit",
        "'message':{'messageId':'a','seq':1,'version':3,'body':{'text':'early'}}");

    assertThat(transcript.messages().get(0).text()).isEqualTo("late");
    assertThat(transcript.messages().get(0).reactions()).isEmpty();
  }

  private void react(long number, String message, boolean on) {
    apply(
        number,
        "reaction",
        "'message':{'messageId':'"
            + message
            + "','seq':1},'reaction':{'emoji':'👍','on':"
            + on
            + "}");
  }

  private void apply(long number, String type, String content) {
    String json =
        "{'type':'%s','conversationId':'c','changeSeq':%d,'seq':2,'actorId':'ben',%s}"
            .formatted(type, number, content);
    transcript.apply(Change.parse(new JsonObject(json.replace('\'', '"'))));
  }
}
