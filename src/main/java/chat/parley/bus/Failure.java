package chat.parley.bus;

import java.util.Locale;
import java.util.Optional;

/**
 * Every way in which a command can be refused, with the stable number that crosses the bus, the
 * HTTP status and whether the same call may succeed later. The word in small letters is PROTOCOL's
 * {@code code}.
 */
public enum Failure {
  BAD_REQUEST(1, 400, false),
  UNAUTHENTICATED(2, 401, false),
  FORBIDDEN(3, 403, false),
  NOT_A_MEMBER(4, 403, false),
  READ_ONLY(5, 403, false),
  NOT_FOUND(6, 404, false),
  CONFLICT(7, 409, false),
  IDEMPOTENCY_MISMATCH(8, 422, false),
  PAYLOAD_TOO_LARGE(9, 413, false),
  RATE_LIMITED(10, 429, true),
  OVERLOADED(11, 503, true),
  /**
   * A store or an owner is not there now; nothing is known to have been done, a retry with the same
   * id is safe.
   */
  UNAVAILABLE(12, 503, true),
  /**
   * Inside the cluster only: this node does not own the shard, and has done nothing; ask the
   * directory again. Clients never see it.
   */
  NOT_OWNER(13, 503, true),
  /**
   * Inside the cluster only: nobody answered in time, or the owner lost the shard on the way. What
   * was asked may have been done, unlike with {@link #NOT_OWNER}. Clients see {@code unavailable}.
   */
  UNANSWERED(15, 503, true),
  /** A fault of ours. The cause is in the log under the request's id, never in the answer. */
  INTERNAL(14, 500, true);

  private final int number;
  private final int status;
  private final boolean retryable;

  Failure(int number, int status, boolean retryable) {
    this.number = number;
    this.status = status;
    this.retryable = retryable;
  }

  public int number() {
    return number;
  }

  /** The HTTP status of a problem with this code. */
  public int status() {
    return status;
  }

  public boolean retryable() {
    return retryable;
  }

  /** PROTOCOL's stable word; what is only known inside is shown as {@code unavailable}. */
  public String code() {
    return switch (this) {
      case NOT_OWNER, UNANSWERED, INTERNAL -> "unavailable";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }

  /** The failure with this number; empty for one of a newer version. */
  public static Optional<Failure> ofNumber(int number) {
    for (Failure failure : values()) {
      if (failure.number == number) {
        return Optional.of(failure);
      }
    }
    return Optional.empty();
  }
}
