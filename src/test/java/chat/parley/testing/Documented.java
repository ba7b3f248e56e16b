package chat.parley.testing;

import chat.parley.client.Wiretap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the tests hold what a server says against the API documents, whoever asked. What is not as
 * they say fails the test in which it was heard, by {@link DocumentedCheck}.
 */
public final class Documented {
  private static final ApiSchemas SCHEMAS = new ApiSchemas();

  /** The calls. */
  public static final RestDocument REST = new RestDocument(SCHEMAS);

  /** The frames. */
  public static final SocketDocument SOCKET = new SocketDocument(SCHEMAS);

  /** For the clients of {@code chat.parley.client}. */
  public static final Wiretap WIRETAP =
      new Wiretap() {
        @Override
        public void answered(HttpMethod method, String path, HttpResponse<Buffer> answer) {
          answer(method.name(), path, answer);
        }

        @Override
        public void heard(String frame) {
          frame(frame);
        }
      };

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private Documented() {}

  /** The answer to a request over HTTP, checked. */
  public static java.net.http.HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    java.net.http.HttpResponse<String> answer =
        HTTP.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
    Function<String, String> header = name -> answer.headers().firstValue(name).orElse(null);
    note(
        REST.fault(
            request.method(),
            request.uri().getRawPath(),
            answer.statusCode(),
            header,
            answer.body()));
    return answer;
  }

  /** Checks an answer that somebody else has got; {@code path} with or without its query. */
  public static void answer(String method, String path, HttpResponse<Buffer> answer) {
    String body = answer.bodyAsString("UTF-8");
    note(
        REST.fault(method, path, answer.statusCode(), answer::getHeader, body == null ? "" : body));
  }

  /** Checks a frame from the server. */
  public static void frame(String text) {
    note(SOCKET.fault(text));
  }

  private static void note(Optional<String> fault) {
    fault.ifPresent(DocumentedCheck::note);
  }
}
