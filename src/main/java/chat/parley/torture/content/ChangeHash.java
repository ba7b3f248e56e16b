package chat.parley.torture.content;

import chat.parley.client.Change;
import chat.parley.client.Message;
import chat.parley.torture.history.ContentHash;

/**
 * The hash of what a change says. It is made of what its author knows before the server answers:
 * the hash of a send, of its ack and of everything that is ever seen of the message are the same.
 * Numbers and times are not in it: numbers stand beside it, times are the server's own.
 */
public final class ChangeHash {
  private ChangeHash() {}

  /**
   * Of a change, wherever it was seen. Where it has a message it is that of the message as it says
   * there, whether the change brought, edited or deleted it.
   */
  public static String of(Change change) {
    Message message = change.message();
    if (message != null) {
      return ofSend(
          change.conversationId(),
          message.senderId(),
          message.senderDeviceId(),
          message.clientMsgId(),
          message.text(),
          message.replyTo());
    }
    if (change.reaction() != null) {
      return ContentHash.of(
          change.type(),
          change.conversationId(),
          change.actorId(),
          change.reaction().messageId(),
          Reactions.step(change.reaction().emoji(), change.reaction().on()));
    }
    return ContentHash.of(
        change.type(),
        change.conversationId(),
        change.actorId(),
        change.member() == null ? null : change.member().userId(),
        change.title());
  }

  /** Of a message as an edit leaves it; {@code text} is null for a delete, which leaves nothing. */
  public static String ofAmended(String conversationId, Message message, String text) {
    return ofSend(
        conversationId,
        message.senderId(),
        message.senderDeviceId(),
        message.clientMsgId(),
        text,
        text == null ? null : message.replyTo());
  }

  /** Of a message that is about to be sent. {@code replyTo} is null where it answers nothing. */
  public static String ofSend(
      String conversationId,
      String userId,
      String deviceId,
      String clientMsgId,
      String text,
      String replyTo) {
    return ContentHash.of(
        Change.MESSAGE_NEW, conversationId, userId, deviceId, clientMsgId, text, replyTo);
  }
}
