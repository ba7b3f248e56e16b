package chat.parley.bus;

/**
 * A command was refused for a known reason. Carries no stack trace: it is an answer, not a fault.
 *
 * @see Failure
 */
public final class FailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Failure failure;
  private final long retryAfterMs;

  public FailureException(Failure failure, String detail) {
    this(failure, detail, 0);
  }

  /** {@code detail} is shown to the caller; {@code retryAfterMs} is 0 where no time is known. */
  public FailureException(Failure failure, String detail, long retryAfterMs) {
    super(detail, null, false, false);
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }

  public Failure failure() {
    return failure;
  }

  public long retryAfterMs() {
    return retryAfterMs;
  }
}
