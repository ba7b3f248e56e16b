package chat.parley.model;

/**
 * A place in a conversation's log: {@code changeSeq} counts changes, {@code seq} counts the
 * messages up to and including that change. Both are 0 before the first.
 */
public record Position(long changeSeq, long seq) {
  /** Before the first change. */
  public static final Position START = new Position(0, 0);
}
