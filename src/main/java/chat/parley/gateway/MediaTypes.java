package chat.parley.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** REST speaks JSON in UTF-8 and nothing else; whoever says that they do not is told so. */
final class MediaTypes {
  private static final String JSON = "application/json";
  private static final List<String> WIDER = List.of("application/*", "*/*", "*");

  private MediaTypes() {}

  /** Refuses a request whose {@code Accept} leaves no room for JSON. */
  static void checkAccept(HttpServerRequest request) {
    String accept = String.join(",", request.headers().getAll(HttpHeaders.ACCEPT));
    if (!accept.isBlank() && !takesJson(accept.toLowerCase(Locale.ROOT).split(","))) {
      throw new HttpRefusal(
          HttpRefusal.NOT_ACCEPTABLE, "answers are " + JSON + ", which Accept rules out", Map.of());
    }
  }

  /** Refuses a body that says it is no JSON; one that says nothing is taken for it. */
  static void checkContent(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (type == null || type.isBlank()) {
      return;
    }
    String[] parts = type.toLowerCase(Locale.ROOT).split(";");
    String name = parts[0].strip();
    boolean json = name.equals(JSON) || name.startsWith("application/") && name.endsWith("+json");
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().replace("\"", "");
      json &= !parameter.startsWith("charset=") || parameter.matches("charset=utf-?8");
    }
    if (!json) {
      throw new HttpRefusal(
          HttpRefusal.UNSUPPORTED_MEDIA_TYPE,
          "the body must be " + JSON + " in UTF-8",
          Map.of("Accept", JSON));
    }
  }

  /** The nearest of the ranges that match counts. */
  private static boolean takesJson(String[] ranges) {
    for (String range : ranges) {
      String name = name(range);
      if (name.equals(JSON) || name.startsWith("application/") && name.endsWith("+json")) {
        return !isExcluded(range);
      }
    }
    for (String wider : WIDER) {
      for (String range : ranges) {
        if (name(range).equals(wider)) {
          return !isExcluded(range);
        }
      }
    }
    return false;
  }

  private static String name(String range) {
    return range.split(";", 2)[0].strip();
  }

  private static boolean isExcluded(String range) {
    return range.replace(" ", "").matches(".*;q=0(?:\\.0*)?(?:;.*)?");
  }
}
