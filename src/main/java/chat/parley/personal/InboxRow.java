package chat.parley.personal;

import chat.parley.model.ConversationId;
import chat.parley.model.Position;

/**
 * Where one of a user's conversations stands, as far as the stream has been followed.
 *
 * @param position the last change; {@link Position#START} where none was noted
 * @param messageChangeSeq the last message since the user last joined; 0 where there is none
 * @param messageAt when that was committed, in milliseconds since the epoch; 0 where that is not
 *     known, and then not either whether it is a message
 * @param joinedChangeSeq the change that last brought the user in; 0 where that is not noted
 * @param joinedSeq how many messages there were then
 * @param joinedAt when that was
 * @param byHead the row does not say where the conversation stands: its owner must be asked
 */
public record InboxRow(
    ConversationId conversationId,
    Position position,
    long messageChangeSeq,
    long messageAt,
    long joinedChangeSeq,
    long joinedSeq,
    long joinedAt,
    boolean byHead) {
  /** A message of an earlier stay does not count. */
  public InboxRow {
    if (messageChangeSeq < joinedChangeSeq) {
      messageChangeSeq = 0;
      messageAt = 0;
    }
  }

  /**
   * Whether it knows the last message where there may be one: it may have been made half only, or
   * of a change that nobody could read.
   */
  public boolean knowsLastMessage() {
    return messageChangeSeq > 0 ? messageAt > 0 : joinedChangeSeq > 0 || position.seq() == 0;
  }

  /** When the user last saw something happen here. */
  public long activeAt() {
    return Math.max(messageAt, joinedAt);
  }
}
