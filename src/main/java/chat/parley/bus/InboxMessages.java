package chat.parley.bus;

import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.ReceiptChoice;
import chat.parley.model.UserId;
import java.util.List;

/**
 * What a conversation is to one of its members alone, and what of it their other devices must be
 * told. Any node with the inbox role answers.
 */
public sealed interface InboxMessages {
  /**
   * What a user's devices show of a conversation beside its messages.
   *
   * @param unread messages after those that were read
   * @param mentions those of them that call the user
   * @param mutedUntil milliseconds since the epoch; 0 where it is not muted now
   * @param pinnedRank -1 where it is not pinned
   * @param privateReceipts whether others are not told of the user's receipts here; null where that
   *     is as for all conversations
   */
  record InboxState(
      ConversationId conversationId,
      long unread,
      int mentions,
      long readSeq,
      long mutedUntil,
      boolean archived,
      int pinnedRank,
      Boolean privateReceipts)
      implements InboxMessages {}

  /**
   * Change these settings of a member's own; null leaves as it is. Answered with {@link InboxState}
   * when it is durable; the user's other devices are told.
   *
   * @param mutedUntil 0 ends the mute
   * @param pinnedRank -1 takes the pin off
   */
  record ChangeSettings(
      UserId userId,
      DeviceId deviceId,
      ConversationId conversationId,
      Long mutedUntil,
      Boolean archived,
      Integer pinnedRank,
      ReceiptChoice receipts)
      implements InboxMessages {}

  /**
   * Whether nobody else is to be told of the user's receipts, in all conversations for which they
   * have not chosen otherwise; null leaves it as it is. Answered with {@link OwnSettings} when it
   * is durable.
   */
  record ChangeOwnSettings(UserId userId, Boolean privateReceipts) implements InboxMessages {}

  /** What a user has set for all conversations. */
  record OwnSettings(boolean privateReceipts) implements InboxMessages {}

  /**
   * What a current member's devices show; answered with {@link InboxState}. {@code readSeq} is a
   * read cursor that is known already: the stored one counts where it is further.
   */
  record StateQuery(UserId userId, ConversationId conversationId, long readSeq)
      implements InboxMessages {}

  /** A device moved its user's read cursor to here. */
  record ReadMoved(UserId userId, DeviceId deviceId, ConversationId conversationId, long seq) {}

  /** The users' other devices are to be told; has no answer. */
  record ReadsMoved(List<ReadMoved> moves) implements InboxMessages {}
}
