package chat.parley.log;

import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.model.UserId;

/**
 * A change that wants to be appended; numbered and encoded by its conversation's owner when its
 * turn comes.
 */
public interface Draft {
  ChangeType type();

  UserId actorId();

  /** The member it is about; null where it is about none. */
  UserId subjectId();

  /** Of a message; null for other changes. */
  SendKey key();

  /** When its gateway took it, by that node's wall clock; 0 where that is not known. */
  default long sentAt() {
    return 0;
  }

  /**
   * Called once, in the order of the log, right before numbering: the place to check what depends
   * on the changes before. Throws {@code FailureException} to refuse; the change is then not
   * written and its append fails with that.
   */
  void admit();

  /** The change's JSON object, under these numbers. Called once after {@link #admit}. */
  byte[] encode(long changeSeq, long seq, long committedAt);

  /** Whom it calls, as its JSON says it. Called after {@link #encode}. */
  default Mentions mentions() {
    return Mentions.NONE;
  }
}
