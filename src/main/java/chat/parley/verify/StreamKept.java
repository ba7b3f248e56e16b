package chat.parley.verify;

/** From when on the stream has all records of a conversation. */
@FunctionalInterface
interface StreamKept {
  /**
   * The record of what was committed at this time or later must still be there; milliseconds since
   * the epoch, {@code Long.MIN_VALUE}: of all, {@code Long.MAX_VALUE}: of nothing.
   *
   * @param large of the changes that went to the topic of large conversations
   */
  long since(String conversation, boolean large);
}
