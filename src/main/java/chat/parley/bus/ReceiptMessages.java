package chat.parley.bus;

import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
   * Move these cursors. Answered with {@link Moved} when they are durable; where nobody needs to
   * know ({@code durable} is false) those of large conversations may be gathered in memory for some
   * seconds. A move to a lower value, of a conversation that is not there or that the user may not
   * see changes nothing and is no error; one beyond the head is clamped.
   *
   * @param partly the sender would rather hear soon what cannot be moved now than wait for it; else
   *     the answer is that all is moved, or a failure
   */
  record MoveCursors(List<Delivered> delivered, List<Read> read, boolean durable, boolean partly)
      implements ReceiptMessages {
    /** Moves whose sender waits until they are durable. */
    public MoveCursors(List<Delivered> delivered, List<Read> read) {
      this(delivered, read, true, false);
    }

    /** The same, of which nobody has been promised when they are durable. */
    public MoveCursors unhurried() {
      return new MoveCursors(delivered, read, false, partly);
    }

    /** The same, as far as that can be done soon. */
    public MoveCursors inPart() {
      return new MoveCursors(delivered, read, durable, true);
    }

    /** Others, to be moved in the same way. */
    public MoveCursors with(List<Delivered> otherDelivered, List<Read> otherRead) {
      return new MoveCursors(otherDelivered, otherRead, durable, partly);
    }

    /** Those of the moves that are of one of these conversations. */
    public MoveCursors in(Set<ConversationId> conversations) {
      return with(
          delivered.stream().filter(move -> conversations.contains(move.conversationId())).toList(),
          read.stream().filter(move -> conversations.contains(move.conversationId())).toList());
    }

    /** These moves and those. */
    public MoveCursors and(MoveCursors others) {
      List<Delivered> allDelivered = new ArrayList<>(delivered);
      allDelivered.addAll(others.delivered());
      List<Read> allRead = new ArrayList<>(read);
      allRead.addAll(others.read());
      return with(allDelivered, allRead);
    }

    /** What they are of. */
    public Set<ConversationId> conversations() {
      Set<ConversationId> conversations = new HashSet<>();
      delivered.forEach(move -> conversations.add(move.conversationId()));
      read.forEach(move -> conversations.add(move.conversationId()));
      return conversations;
    }
  }

  /**
   * Moves of large conversations, for the one node that gathers them; answered with {@link Moved}.
   */
  record MoveLarge(MoveCursors moves) implements ReceiptMessages {}

  /**
   * Answer of {@link MoveCursors}.
   *
   * @param rest what could not be moved now, since its conversation's owner or a store is silent:
   *     to be asked for again
   */
  record Moved(MoveCursors rest) implements ReceiptMessages {
    private static final long AGAIN_MS = 1_000;
    private static final MoveCursors NOTHING = new MoveCursors(List.of(), List.of());

    public Moved {
      if (rest == null) {
        rest = NOTHING; // a node of a version that moved all or failed
      }
    }

    /** All of it. */
    public static Moved all() {
      return new Moved(NOTHING);
    }

    /** This as the answer to that: a failure where all was asked for and some is not moved. */
    public Future<Moved> to(MoveCursors asked) {
      return asked.partly() || rest.conversations().isEmpty()
          ? Future.succeededFuture(this)
          : Future.failedFuture(unavailable());
    }

    /** What who waits is told where it is not. */
    public static FailureException unavailable() {
      return new FailureException(
          Failure.UNAVAILABLE, "not all cursors can be stored now", AGAIN_MS);
    }
  }

  /** Who has message {@code seq} of a conversation, and who read it; asked by a member. */
  record ReceiptsQuery(UserId userId, ConversationId conversationId, long seq)
      implements ReceiptMessages {}

  /** How far one member is, and each of their devices that has got anything at all. */
  record MemberReceipt(
      UserId userId, long deliveredSeq, long readSeq, List<DeviceReceipt> devices) {}

  /** A device has messages up to this one. */
  record DeviceReceipt(DeviceId deviceId, long seq) {}

  /**
   * Answer of {@link ReceiptsQuery}: all current members but the asker, and those who keep their
   * receipts to themselves.
   */
  record Receipts(List<MemberReceipt> items) implements ReceiptMessages {}

  /** {@link ReceiptsQuery} about a large conversation, for the one node that counts it. */
  record CountsQuery(ReceiptsQuery question) implements ReceiptMessages {}

  /** Answer of {@link ReceiptsQuery} where the conversation is large: the asker does not count. */
  record ReceiptCounts(long delivered, long read) implements ReceiptMessages {}

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

  /**
   * So many members of a large conversation have message {@code seq}, and so many have read it;
   * sent to the fan-out, which tells everybody in it.
   */
  record ReceiptsCounted(ConversationId conversationId, long seq, long delivered, long read)
      implements ReceiptMessages {}

  /**
   * Published to every node with the receipts role: whether others are told of this user's receipts
   * may have changed.
   */
  record ReceiptsChosen(UserId userId) implements ReceiptMessages {}

  /** Several at once. */
  record ReceiptsMoved(List<ReceiptMoved> receipts) implements ReceiptMessages {}
}
