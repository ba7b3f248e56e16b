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

  /** Of a change, wherever it was seen. */
  public static String of(Change change) {
    Message message = change.message();
    if (message != null) {
      return ContentHash.of(
          change.type(),
          change.conversationId(),
          message.senderId(),
          message.senderDeviceId(),
          message.clientMsgId(),
          message.text(),
          message.replyTo());
    }
    return ContentHash.of(
        change.type(),
        change.conversationId(),
        change.actorId(),
        change.member() == null ? null : change.member().userId(),
        change.title());
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
