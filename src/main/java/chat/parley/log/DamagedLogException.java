package chat.parley.log;

/**
 * What the log holds at a committed number cannot be read, and waiting does not mend it: it is lost
 * or damaged, or a newer version wrote it. A store that is away is never this.
 */
public sealed class DamagedLogException extends RuntimeException permits HoleException {
  private static final long serialVersionUID = 1L;

  /** {@code message} says where, for an operator. */
  public DamagedLogException(String message) {
    super(message);
  }

  /**
   * Whether a store has answered with something that nobody can read, now or later: this, or a row
   * that makes no sense. All else is a store that is away.
   */
  public static boolean isUnreadable(Throwable failure) {
    return failure instanceof DamagedLogException
        || failure instanceof IllegalArgumentException
        || failure instanceof NullPointerException;
  }
}
