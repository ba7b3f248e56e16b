package chat.parley.log;

import chat.parley.model.ConversationId;

/** A number of the log has no row. */
public final class HoleException extends DamagedLogException {
  private static final long serialVersionUID = 1L;

  /** Nothing is at this number, which the reader took for committed. */
  public HoleException(ConversationId conversation, long changeSeq) {
    super("the log of " + conversation + " has a hole at " + changeSeq);
  }
}
