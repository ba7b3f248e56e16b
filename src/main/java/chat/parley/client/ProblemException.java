package chat.parley.client;

import io.vertx.core.json.JsonObject;

/**
 * A refusal by the server, as its problem object tells it, or of what is not sent since the server
 * would refuse it. Lost connections are other exceptions.
 */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final boolean retryable;
  private final long retryAfterMs;

  /**
   * A problem.
   *
   * @param status the HTTP status, or what it would be on the socket
   * @param code the protocol's stable word, for example {@code not_a_member}
   * @param retryAfterMs how long the server asks to wait, in ms; 0 where it does not say
   */
  public ProblemException(
      int status, String code, String detail, boolean retryable, long retryAfterMs) {
    super(code + " (" + status + ")" + (detail == null ? "" : ": " + detail));
    this.status = status;
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }

  static ProblemException from(JsonObject problem, int status) {
    int told = problem.getInteger("status", status);
    return new ProblemException(
        told,
        problem.getString("code", "status_" + told),
        problem.getString("detail", problem.getString("title")),
        problem.getBoolean("retryable", told == 429 || told == 503),
        problem.getLong("retryAfterMs", 0L));
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The protocol's stable word for what is wrong. */
  public String code() {
    return code;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** How long the server asks to wait, in ms; 0 where it does not say. */
  public long retryAfterMs() {
    return retryAfterMs;
  }
}
