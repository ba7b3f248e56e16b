package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.MessageId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * An edit, delete or reaction, and the message that it alters.
 *
 * @param target the message's changeSeq
 */
public record Amendment(long target, Change change) {
  /** Of a change whose type {@code amends()}; its payload says which message. */
  public static Amendment of(Change change) {
    String messageId =
        new JsonObject(Buffer.buffer(change.payload()))
            .getJsonObject("message")
            .getString("messageId");
    return new Amendment(
        MessageId.parse(messageId)
            .orElseThrow(() -> new IllegalStateException("a change of no message: " + messageId))
            .changeSeq(),
        change);
  }
}
