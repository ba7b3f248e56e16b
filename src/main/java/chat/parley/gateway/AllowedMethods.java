package chat.parley.gateway;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which methods a path takes, for {@code Allow}: the router itself tells only that it is not this
 * one.
 */
final class AllowedMethods {
  private record Entry(HttpMethod method, String name, Pattern path) {}

  private final List<Entry> entries = new ArrayList<>();

  /** {@code path} may hold {@code :name} as whole segments. */
  void add(HttpMethod method, String path) {
    entries.add(new Entry(method, path, pattern(path)));
  }

  /** Everything there is, as {@code METHOD path}. */
  List<String> all() {
    return entries.stream().map(entry -> entry.method() + " " + entry.name()).toList();
  }

  /** The value of {@code Allow} for this path; empty where there is nothing. */
  String of(String path) {
    TreeSet<String> names = new TreeSet<>();
    for (Entry entry : entries) {
      if (entry.path().matcher(path).matches()) {
        names.add(entry.method().name());
        if (entry.method().equals(HttpMethod.GET)) {
          names.add("HEAD");
        }
        names.add("OPTIONS");
      }
    }
    return String.join(", ", names);
  }

  /** A colon within a segment is part of PROTOCOL's name, which some clients escape. */
  static Pattern pattern(String path) {
    StringBuilder regex = new StringBuilder();
    for (String segment : path.substring(1).split("/", -1)) {
      regex.append('/');
      if (segment.startsWith(":")) {
        regex.append("[^/]+");
      } else {
        regex.append(Pattern.quote(segment).replace(":", "\\E(?::|%3[Aa])\\Q"));
      }
    }
    return Pattern.compile(regex + "/?");
  }
}
