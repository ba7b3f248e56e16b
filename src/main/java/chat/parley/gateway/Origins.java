package chat.parley.gateway;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which web pages may open a socket. A browser names its page's origin and cannot lie about it;
 * other programs name none, and need none: they hold a token, not a cookie.
 */
final class Origins {
  private static final String ANY = "*";

  private final Set<String> allowed;

  Origins(List<String> allowed) {
    this.allowed = allowed.stream().map(Origins::normal).collect(Collectors.toSet());
  }

  /** {@code origin} and {@code host} are the request's headers, null where it has none. */
  boolean allows(String origin, String host) {
    if (origin == null) {
      return true;
    }
    String normal = normal(origin);
    if (allowed.contains(ANY) || allowed.contains(normal)) {
      return true;
    }
    int scheme = normal.indexOf("://");
    if (scheme < 0 || host == null) {
      return false;
    }
    String prefix = normal.substring(0, scheme + 3);
    return prefix.startsWith("http") && normal.equals(normal(prefix + host));
  }

  private static String normal(String origin) {
    String lower = origin.trim().toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") && lower.endsWith(":80")) {
      return lower.substring(0, lower.length() - 3);
    }
    if (lower.startsWith("https://") && lower.endsWith(":443")) {
      return lower.substring(0, lower.length() - 4);
    }
    return lower;
  }
}
