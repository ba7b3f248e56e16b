package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.FailureException.Scope;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A refusal as clients see it (RFC 9457), in an HTTP body and in an {@code error} frame alike. What
 * is not a known refusal is logged with its cause and shown as {@code unavailable} without detail:
 * no stack trace leaves the server.
 */
public record Problem(
    Failure failure, String detail, long retryAfterMs, Scope scope, String requestId) {
  private static final Logger LOG = LoggerFactory.getLogger(Problem.class);
  private static final long DEFAULT_RETRY_MS = 1_000;

  /** The problem for this cause. */
  public static Problem of(Throwable cause, String requestId) {
    if (cause instanceof FailureException refused) {
      return new Problem(
          refused.failure(),
          refused.getMessage(),
          refused.retryAfterMs(),
          refused.scope(),
          requestId);
    }
    LOG.atError().setCause(cause).addKeyValue("requestId", requestId).log("request failed");
    return new Problem(Failure.INTERNAL, "the server could not do this now", 0, null, requestId);
  }

  /** The HTTP status. */
  public int status() {
    return failure.status();
  }

  /** Milliseconds after which the same call may be tried again; 0 for one that needs no retry. */
  public long retryAfter() {
    return failure.retryable() && retryAfterMs == 0 ? DEFAULT_RETRY_MS : retryAfterMs;
  }

  /** The JSON object of PROTOCOL. */
  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", title())
            .put("status", status())
            .put("code", failure.code())
            .put("detail", detail)
            .put("retryable", failure.retryable())
            .put("requestId", requestId);
    if (scope != null) {
      json.put("scope", scope.name().toLowerCase(Locale.ROOT));
    }
    return failure.retryable() ? json.put("retryAfterMs", retryAfter()) : json;
  }

  /** The same under a status for which PROTOCOL has no code of its own; the title names it. */
  JsonObject toJson(int status) {
    JsonObject json = toJson();
    return status == status()
        ? json
        : json.put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status);
  }

  private String title() {
    String words = failure.code().replace('_', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
