package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/**
 * Texts of the class path, compressed once and kept: the page and its scripts are a third of their
 * size on the way. Answers bear an ETag of the content, so that a reload transfers only what has
 * changed. Whatever is not a text of the class path, and whoever takes no gzip, is for the handler
 * behind.
 *
 * <p>The server's own compression is no choice: it would compress answers that hold tokens beside
 * what a caller chooses (BREACH), and every answer anew.
 */
final class CompressedFiles implements Handler<RoutingContext> {
  private static final String SEGMENTS = "(?:/[a-zA-Z0-9][a-zA-Z0-9_-]*)+(?:\\.[a-zA-Z0-9]+)+";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private final Vertx vertx;
  private final UnaryOperator<String> resources;
  private final String cacheControl;

  /** Only of what there is: asking for other names fills no memory. */
  private final Map<String, Compressed> kept = new ConcurrentHashMap<>();

  /**
   * Serves files.
   *
   * @param resources the name on the class path for a path such as {@code /app.js}
   * @param cacheControl what browsers may do with the answers
   */
  CompressedFiles(Vertx vertx, UnaryOperator<String> resources, String cacheControl) {
    this.vertx = vertx;
    this.resources = resources;
    this.cacheControl = cacheControl;
  }

  private record Compressed(Buffer gzip, String etag) {}

  @Override
  public void handle(RoutingContext context) {
    String asked = context.normalizedPath();
    String path = asked.endsWith("/") ? asked + "index.html" : asked;
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null || !path.matches(SEGMENTS) || !takesGzip(context.request())) {
      context.next();
      return;
    }
    compressed(resources.apply(path))
        .onFailure(context::fail)
        .onSuccess(
            file -> {
              if (file == null) {
                context.next();
              } else {
                answer(context, type, file);
              }
            });
  }

  private static boolean takesGzip(HttpServerRequest request) {
    String taken = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
    return request.method().equals(HttpMethod.GET) && taken != null && taken.contains("gzip");
  }

  private Future<Compressed> compressed(String resource) {
    Compressed known = kept.get(resource);
    return known != null
        ? Future.succeededFuture(known)
        : vertx.executeBlocking(() -> kept.computeIfAbsent(resource, CompressedFiles::read));
  }

  /** Null where there is no such resource. */
  private static Compressed read(String resource) {
    try (InputStream in = CompressedFiles.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        return null;
      }
      byte[] content = in.readAllBytes();
      ByteArrayOutputStream gzip = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
        out.write(content);
      }
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      String etag = '"' + HexFormat.of().formatHex(digest, 0, 8) + "-gzip\"";
      return new Compressed(Buffer.buffer(gzip.toByteArray()), etag);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("cannot read " + resource, e);
    }
  }

  private void answer(RoutingContext context, String type, Compressed file) {
    context
        .response()
        .putHeader(HttpHeaders.CACHE_CONTROL, cacheControl)
        .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
        .putHeader(HttpHeaders.ETAG, file.etag());
    if (context.isFresh()) {
      context.response().setStatusCode(304).end();
    } else {
      context
          .response()
          .putHeader(HttpHeaders.CONTENT_TYPE, type)
          .putHeader(HttpHeaders.CONTENT_ENCODING, "gzip")
          .end(file.gzip());
    }
  }
}
