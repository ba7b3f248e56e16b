package chat.parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ChangeTest {
  private static final String SENT = "'body':{'text':'one'},'mentions':['ben']";

  @Test
  void aMessageIsTheSameBeforeAndAfterWhatWasDoneToIt() {
    Change sent = change("'seq':1," + SENT);

    assertThat(sent.sameContent(change("'seq':1,'version':7," + SENT))).isTrue();
    assertThat(sent.sameContent(change("'seq':1,'body':{'text':'one'}"))).as("an ack").isTrue();
    assertThat(sent.sameContent(change("'seq':1,'editedAt':'t','body':{'text':'two'}"))).isTrue();
    assertThat(sent.sameContent(change("'seq':1,'deleted':true"))).isTrue();
    assertThat(sent.sameContent(change("'seq':1,'reactions':{'👍':['ben']}," + SENT))).isTrue();
  }

  @Test
  void anotherTextThatNobodyEditedIsAnotherMessage() {
    Change sent = change("'seq':1," + SENT);

    assertThat(sent.sameContent(change("'seq':1,'body':{'text':'two'}"))).isFalse();
    assertThat(sent.sameContent(change("'seq':2," + SENT))).isFalse();
    assertThat(sent.sameContent(change("'seq':1,'replyTo':'m'," + SENT))).isFalse();
  }

  private static Change change(String message) {
    String json =
        "{'type':'message.new','conversationId':'c','changeSeq':1,'seq':1,'actorId':'ada',"
            + "'message':{'messageId':'a','senderId':'ada',"
            + message
            + "}}";
    return Change.parse(new JsonObject(json.replace('\'', '"')));
  }
}
