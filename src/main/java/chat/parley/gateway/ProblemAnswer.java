package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Writes problems as HTTP answers, also those that the web framework finds before any handler. */
final class ProblemAnswer {
  private static final String CONTENT_TYPE = "application/problem+json";
  private static final long MILLIS = 1_000;

  private ProblemAnswer() {}

  /** Makes every failure that no handler answers a problem. */
  static void install(Router router) {
    router.errorHandler(
        400, context -> send(context, Failure.BAD_REQUEST, "the request is malformed"));
    router.errorHandler(
        404, context -> send(context, Failure.NOT_FOUND, "there is nothing at this path"));
    router.errorHandler(405, ProblemAnswer::sendMethodNotAllowed);
    router.errorHandler(
        413, context -> send(context, Failure.PAYLOAD_TOO_LARGE, "the body is too large"));
    router.errorHandler(500, context -> send(context, context.failure()));
  }

  /** Answers with the problem of this cause; does nothing where an answer is already under way. */
  static void send(RoutingContext context, Throwable cause) {
    Throwable known = cause != null ? cause : new IllegalStateException("failed without a cause");
    Problem problem = Problem.of(known, RequestId.of(context));
    write(context, problem, problem.status(), problem.toJson());
  }

  private static void send(RoutingContext context, Failure failure, String detail) {
    send(context, new FailureException(failure, detail));
  }

  /** PROTOCOL has no code of its own for it: the code is bad_request, the status says which. */
  private static void sendMethodNotAllowed(RoutingContext context) {
    FailureException cause =
        new FailureException(Failure.BAD_REQUEST, "this path does not take this method");
    Problem problem = Problem.of(cause, RequestId.of(context));
    write(context, problem, 405, problem.toJson().put("status", 405));
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
