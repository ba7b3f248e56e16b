package chat.parley.verify;

/** Nothing can be said about what is stored; the message says why, for an operator. */
public final class CannotLookException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code message}: what keeps one from looking. */
  public CannotLookException(String message) {
    super(message, null, false, false);
  }
}
