package chat.parley.kafka;

/**
 * Thrown into a batch's future where the record is sound but something that it needs is not there
 * now: the same batch is tried again until it works, and never buried. Any other failure counts as
 * the record's own.
 */
public final class TryAgainException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code cause} says what was not there. */
  public TryAgainException(String message, Throwable cause) {
    super(message, cause, false, false);
  }
}
