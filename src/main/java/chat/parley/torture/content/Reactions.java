package chat.parley.torture.content;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Reactions as a history writes them down. */
public final class Reactions {
  private Reactions() {}

  /** One user's step: {@code +👍} or {@code -👍}. */
  public static String step(String emoji, boolean on) {
    return (on ? "+" : "-") + emoji;
  }

  /** Whether a step sets what it names. */
  public static boolean sets(String step) {
    return step.startsWith("+");
  }

  /** What a step sets or takes back. */
  public static String emoji(String step) {
    return step.substring(1);
  }

  /** All of a message, in their order, as {@code 👍=user,user;🎉=user}; null where it has none. */
  public static String text(Map<String, ? extends Collection<String>> users) {
    return users.isEmpty()
        ? null
        : users.entrySet().stream()
            .map(each -> each.getKey() + "=" + String.join(",", each.getValue()))
            .collect(Collectors.joining(";"));
  }
}
