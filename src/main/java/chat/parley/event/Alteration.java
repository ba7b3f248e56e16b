package chat.parley.event;

import chat.parley.model.MessageId;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * What an edit, a delete or a reaction says of the message that it alters.
 *
 * <p>An edit and a delete say the whole message as they leave it, so they are whole for those only
 * who may read that message. To whoever came later and is shown nothing of the past they come under
 * their number as to everybody, with who did it and when, and without the message.
 */
public final class Alteration {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MESSAGE = "message";

  private Alteration() {}

  /** Whether the change says a whole message that was there before it. */
  public static boolean isWhole(Change change) {
    return change.type() == ChangeType.MESSAGE_EDIT || change.type() == ChangeType.MESSAGE_DELETE;
  }

  /**
   * The changeSeq of the message that a change alters whose type {@code amends()}.
   *
   * @throws IllegalArgumentException where the change is damaged
   */
  public static long target(Change change) {
    try {
      String messageId = JSON.readTree(change.payload()).at("/message/messageId").asText();
      return MessageId.parse(messageId)
          .orElseThrow(() -> new IllegalArgumentException("a change of no message: " + messageId))
          .changeSeq();
    } catch (IOException damaged) {
      throw new IllegalArgumentException("a change whose payload is no JSON", damaged);
    }
  }

  /**
   * An edit or a delete for those who may not read its message.
   *
   * @throws IllegalArgumentException where the change is damaged
   */
  public static Change withoutMessage(Change whole) {
    try {
      ObjectNode json = (ObjectNode) JSON.readTree(whole.payload());
      json.remove(MESSAGE);
      return whole.saying(JSON.writeValueAsBytes(json));
    } catch (IOException | ClassCastException damaged) {
      throw new IllegalArgumentException("a change whose payload is no JSON object", damaged);
    }
  }
}
