package chat.parley.conversation;

import chat.parley.model.Role;
import chat.parley.model.UserId;

/**
 * One stay of a user in a conversation: from the change that brought them in to the one that took
 * them out. A user who comes back begins another stint. What follows from a user's stints says
 * {@link Standing}.
 *
 * @param joinedChangeSeq the number of the join, 0 for the first members of a dm
 * @param leftChangeSeq the number of the leave, {@link #STILL_THERE} while the stint lasts
 */
public record Stint(UserId userId, Role role, long joinedChangeSeq, long leftChangeSeq) {
  /** No leave yet. */
  public static final long STILL_THERE = Long.MAX_VALUE;

  /** Whether the user is a member now. */
  public boolean lasts() {
    return leftChangeSeq == STILL_THERE;
  }

  /** Whether the change happened during it: from the join to the leave, both included. */
  public boolean covers(long changeSeq) {
    return joinedChangeSeq <= changeSeq && changeSeq <= leftChangeSeq;
  }
}
