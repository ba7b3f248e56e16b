package chat.parley.personal;

import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.model.ConversationId;

/**
 * What one user has set for one conversation.
 *
 * @param mutedUntil milliseconds since the epoch; 0 where it is not muted
 * @param archivedAt the conversation's number of messages when it was archived; {@link #NOT} where
 *     it is not
 * @param pinnedRank the client's own order of pins; {@link #NOT} where it is not pinned
 */
public record PersonalSetting(long mutedUntil, long archivedAt, int pinnedRank) {
  /** Not archived, or not pinned. */
  public static final int NOT = -1;

  /** Where nothing is set. */
  public static final PersonalSetting NONE = new PersonalSetting(0, NOT, NOT);

  /** Whether it is muted at this time, in milliseconds since the epoch. */
  public boolean isMuted(long now) {
    return mutedUntil > now;
  }

  /**
   * Whether it is out of sight: archived, and nothing new has come since, or it is muted. So a new
   * message brings an archived conversation back, without anybody having to write that down.
   */
  public boolean isArchived(long headSeq, long now) {
    return archivedAt != NOT && (headSeq <= archivedAt || isMuted(now));
  }

  /**
   * What the user's devices show of the conversation.
   *
   * @param headSeq the conversation's last message
   * @param seenSeq the last message that is not unread: of the read cursor, or before the join
   */
  public InboxState state(
      ConversationId conversation, long headSeq, long seenSeq, long readSeq, long now) {
    return new InboxState(
        conversation,
        Math.max(0, headSeq - seenSeq),
        readSeq,
        isMuted(now) ? mutedUntil : 0,
        isArchived(headSeq, now),
        pinnedRank);
  }
}
