package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Writes problems as HTTP answers, also those that the web framework finds before any handler. */
final class ProblemAnswer {
  static final String CONTENT_TYPE = "application/problem+json";
  private static final long MILLIS = 1_000;

  private ProblemAnswer() {}

  /** Makes every failure that no handler answers a problem. */
  static void install(Router router) {
    router.errorHandler(
        400, context -> send(context, Failure.BAD_REQUEST, "the request is malformed"));
    router.errorHandler(
        404, context -> send(context, Failure.NOT_FOUND, "there is nothing at this path"));
    router.errorHandler(
        413, context -> send(context, Failure.PAYLOAD_TOO_LARGE, "the body is too large"));
    router.errorHandler(500, context -> send(context, context.failure()));
  }

  /** Answers with the problem of this cause; does nothing where an answer is already under way. */
  static void send(RoutingContext context, Throwable cause) {
    Throwable known = cause != null ? cause : new IllegalStateException("failed without a cause");
    if (known instanceof HttpRefusal refusal) {
      send(context, refusal);
      return;
    }
    Problem problem = Problem.of(known, RequestId.of(context));
    write(context, problem, problem.status(), problem.toJson());
  }

  /** Answers that this node cannot serve yet, with what it waits for. */
  static void sendUnready(RoutingContext context, List<String> waitingFor) {
    FailureException cause =
        new FailureException(
            Failure.UNAVAILABLE, "the node waits for " + String.join(", ", waitingFor));
    Problem problem = Problem.of(cause, RequestId.of(context));
    write(
        context,
        problem,
        problem.status(),
        problem.toJson().put("waitingFor", new JsonArray(waitingFor)));
  }

  private static void send(RoutingContext context, Failure failure, String detail) {
    send(context, new FailureException(failure, detail));
  }

  private static void send(RoutingContext context, HttpRefusal refusal) {
    FailureException cause = new FailureException(Failure.BAD_REQUEST, refusal.getMessage());
    Problem problem = Problem.of(cause, RequestId.of(context));
    if (!context.response().headWritten()) {
      refusal.headers().forEach(context.response()::putHeader);
    }
    write(context, problem, refusal.status(), problem.toJson(refusal.status()));
  }

  private static void write(RoutingContext context, Problem problem, int status, JsonObject json) {
    HttpServerResponse response = context.response();
    if (response.headWritten() || response.ended() || response.closed()) {
      return;
    }
    if (status == 429 || status == 503) {
      long seconds = (problem.retryAfter() + MILLIS - 1) / MILLIS;
      response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, seconds)));
    }
    if (status == 401) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(json.toBuffer());
  }
}
