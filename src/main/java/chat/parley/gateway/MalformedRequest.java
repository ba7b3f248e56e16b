package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.Ids;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** Answers what is no HTTP request, before any router sees it, and closes the line. */
final class MalformedRequest {
  private static final int BAD_REQUEST = 400;
  private static final int URI_TOO_LONG = 414;
  private static final int HEADERS_TOO_LARGE = 431;

  private MalformedRequest() {}

  /**
   * Lets through to {@code router} what names a host, as every request must (RFC 9112, 3.2);
   * vertx-web (5.0.8) logs what does not as a fault of the server.
   */
  static Handler<HttpServerRequest> refuseWithoutHost(Handler<HttpServerRequest> router) {
    return request -> {
      if (request.authority() == null) {
        answer(request, BAD_REQUEST, "Host must be there once, and name a host");
      } else {
        router.handle(request);
      }
    };
  }

  static void answer(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpLineException) {
      answer(request, URI_TOO_LONG, "the URL is too long");
    } else if (cause instanceof TooLongHttpHeaderException) {
      answer(request, HEADERS_TOO_LARGE, "the headers are too large");
    } else {
      answer(request, BAD_REQUEST, "this is no HTTP request");
    }
  }

  private static void answer(HttpServerRequest request, int status, String detail) {
    FailureException refusal = new FailureException(Failure.BAD_REQUEST, detail);
    Problem problem = Problem.of(refusal, Ids.fresh());
    request
        .response()
        .setStatusCode(status)
        .putHeader(RequestId.HEADER, problem.requestId())
        .putHeader(HttpHeaders.CONTENT_TYPE, ProblemAnswer.CONTENT_TYPE)
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end(problem.toJson(status).toBuffer())
        .onComplete(sent -> request.connection().close());
  }
}
