package chat.parley.bus;

import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.util.List;

/**
 * Cursor moves of devices and users, and questions about them. Any node with the receipts role
 * answers.
 */
public sealed interface ReceiptMessages {
  /**
   * A device has everything up to {@code changeSeq}; {@code seq} is the number of messages up to
   * there, or -1 where the sender does not know it.
   */
  record Delivered(
      UserId userId, DeviceId deviceId, ConversationId conversationId, long changeSeq, long seq) {}

  /** A user has read everything up to message {@code seq}. */
  record Read(UserId userId, DeviceId deviceId, ConversationId conversationId, long seq) {}

  /**
   * Move these cursors. Answered with {@link Moved} when they are durable. A move to a lower value,
   * of a conversation that is not there or that the user may not see changes nothing and is no
   * error; one beyond the head is clamped.
   */
  record MoveCursors(List<Delivered> delivered, List<Read> read) implements ReceiptMessages {}

  /** Answer of {@link MoveCursors}. */
  record Moved() implements ReceiptMessages {}

  /** Who has message {@code seq} of a conversation, and who read it; asked by a member. */
  record ReceiptsQuery(UserId userId, ConversationId conversationId, long seq)
      implements ReceiptMessages {}

  /** How far one member is. */
  record MemberReceipt(UserId userId, long deliveredSeq, long readSeq) {}

  /** Answer of {@link ReceiptsQuery}: all current members but the asker. */
  record Receipts(List<MemberReceipt> items) implements ReceiptMessages {}

  /** Which cursor moved. */
  enum ReceiptKind {
    DELIVERED,
    READ
  }

  /**
   * A user's cursor is now at {@code seq}; sent to the fan-out, which tells the other members'
   * devices.
   */
  record ReceiptMoved(ConversationId conversationId, UserId userId, ReceiptKind kind, long seq)
      implements ReceiptMessages {}

  /** Several at once. */
  record ReceiptsMoved(List<ReceiptMoved> receipts) implements ReceiptMessages {}
}
