package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One HTTP request and its answer: 2xx gives the JSON body, anything else a {@link
 * ProblemException}.
 */
final class RestCalls {
  private final Loop loop;
  private final WebClient web;
  private final String base;
  private final Duration answerWithin;
  private final Wiretap wiretap;

  RestCalls(Loop loop, WebClient web, URI server, Duration answerWithin, Wiretap wiretap) {
    this.loop = loop;
    this.web = web;
    this.base = server.toString().replaceAll("/+$", "");
    this.answerWithin = answerWithin;
    this.wiretap = wiretap;
  }

  /**
   * The answer's body; an empty object where there is none. {@code token} and {@code body} may be
   * null.
   */
  Future<JsonObject> call(HttpMethod method, String path, String token, JsonObject body) {
    return loop.call(
        () -> {
          HttpRequest<Buffer> request =
              web.requestAbs(method, base + path).timeout(answerWithin.toMillis());
          if (token != null) {
            request.bearerTokenAuthentication(token);
          }
          return (body == null ? request.send() : request.sendJsonObject(body))
              .onSuccess(answer -> wiretap.answered(method, path, answer))
              .map(RestCalls::read);
        });
  }

  private static JsonObject read(HttpResponse<Buffer> response) {
    JsonObject body = jsonOf(response.body());
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return body;
    }
    if (!body.containsKey("retryAfterMs")) {
      body.put("retryAfterMs", secondsOf(response.getHeader("Retry-After")) * 1000);
    }
    throw ProblemException.from(body, status);
  }

  /** Proxies and bare failures answer with other things than JSON: their status tells enough. */
  private static JsonObject jsonOf(Buffer body) {
    if (body == null || body.length() == 0 || body.getByte(0) != '{') {
      return new JsonObject();
    }
    try {
      return body.toJsonObject();
    } catch (DecodeException e) {
      return new JsonObject();
    }
  }

  private static long secondsOf(String header) {
    return header != null && header.matches("\\d{1,6}") ? Long.parseLong(header) : 0;
  }

  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
