package chat.parley.cassandra;

/**
 * The store cannot be reached, or has not answered, and may do so later without anybody changing a
 * setting. The message says why, for an operator.
 */
public final class StoreAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code message} says what an operator may look for. */
  public StoreAwayException(String message, Throwable cause) {
    super(message, cause);
  }
}
