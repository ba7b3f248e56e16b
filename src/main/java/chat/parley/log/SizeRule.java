package chat.parley.log;

/**
 * What a conversation's attachment may be, so that each change bears whether the conversation is
 * large. Asked once a change, in the order of the log, right after the draft is encoded: what it
 * answers is stored with the change.
 */
public interface SizeRule {
  /**
   * The number of the change with which the conversation became large; 0 where it is small.
   *
   * @param before what was answered for the change before; 0 for the first
   * @param changeSeq the number of the change that has just been encoded
   */
  long largeSince(long before, long changeSeq);
}
