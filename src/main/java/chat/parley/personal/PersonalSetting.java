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
   * How far a user has read.
   *
   * @param headSeq the conversation's last message
   * @param seenSeq the last message that is not unread: of the read cursor, or before the join
   * @param mentions messages after it that call the user
   */
  public record Reading(long headSeq, long seenSeq, long readSeq, int mentions) {}

  /**
   * What the user's devices show of the conversation at this time.
   *
   * @param receipts what they have chosen for their receipts, here and elsewhere
   */
  public InboxState state(
      ConversationId conversation, Reading reading, PrivateReceipts.Choices receipts, long now) {
    return new InboxState(
        conversation,
        Math.max(0, reading.headSeq() - reading.seenSeq()),
        reading.mentions(),
        reading.readSeq(),
        isMuted(now) ? mutedUntil : 0,
        isArchived(reading.headSeq(), now),
        pinnedRank,
        receipts.here().get(conversation));
  }
}
