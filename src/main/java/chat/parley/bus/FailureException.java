package chat.parley.bus;

import java.util.List;

/**
 * A command was refused for a known reason. Carries no stack trace: it is an answer, not a fault.
 *
 * @see Failure
 */
public final class FailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a rate limit counts; PROTOCOL's word is the one in small letters. */
  public enum Scope {
    USER,
    IP,
    CONVERSATION,
    DEVICE
  }

  private final Failure failure;
  private final long retryAfterMs;
  private final Scope scope;

  public FailureException(Failure failure, String detail) {
    this(failure, detail, 0);
  }

  /** {@code detail} is shown to the caller; {@code retryAfterMs} is 0 where no time is known. */
  public FailureException(Failure failure, String detail, long retryAfterMs) {
    this(failure, detail, retryAfterMs, null);
  }

  /** One with a scope, which is null where no limit of somebody's is meant. */
  public FailureException(Failure failure, String detail, long retryAfterMs, Scope scope) {
    super(detail, null, false, false);
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
    this.scope = scope;
  }

  public Failure failure() {
    return failure;
  }

  /** Whether the cause is a refusal, for one of these reasons. */
  public static boolean isAnyOf(Throwable cause, Failure... reasons) {
    return cause instanceof FailureException refused
        && List.of(reasons).contains(refused.failure());
  }

  public long retryAfterMs() {
    return retryAfterMs;
  }

  /** What the limit that was met counts; null where none was. */
  public Scope scope() {
    return scope;
  }
}
