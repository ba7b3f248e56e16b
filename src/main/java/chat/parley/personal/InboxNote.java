package chat.parley.personal;

import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;

/**
 * What one or several changes of a conversation mean for one member's row. Each part bears the
 * number of the change that it comes from, and parts of different changes may be put together: the
 * higher number wins in each.
 *
 * @param position the last change, where the row is to follow the conversation; else null
 * @param message the last message, or a change which may be that; null for none
 * @param join the member's own join; null for none
 * @param byHeadFrom the row must not be relied on from this change on, until it has a position of
 *     the same change or a later one; 0: it may be
 */
public record InboxNote(
    UserId userId,
    ConversationId conversationId,
    Position position,
    Happened message,
    Happened join,
    long byHeadFrom) {

  /**
   * A change, the number of messages up to it, and when it was committed; the last two are 0 where
   * they cannot be read.
   */
  public record Happened(long changeSeq, long seq, long at) {
    /** The later one, either of which may be null; of the same change the one that says more. */
    public static Happened later(Happened a, Happened b) {
      if (a == null || b == null) {
        return a == null ? b : a;
      }
      boolean isLater = a.changeSeq == b.changeSeq ? a.at >= b.at : a.changeSeq > b.changeSeq;
      return isLater ? a : b;
    }
  }

  /** Both of the same row. */
  public InboxNote and(InboxNote other) {
    return new InboxNote(
        userId,
        conversationId,
        later(position, other.position),
        Happened.later(message, other.message),
        Happened.later(join, other.join),
        Math.max(byHeadFrom, other.byHeadFrom));
  }

  private static Position later(Position a, Position b) {
    return b == null || a != null && a.changeSeq() >= b.changeSeq() ? a : b;
  }
}
