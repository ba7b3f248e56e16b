package chat.parley.bus;

import chat.parley.bus.FailureException.Scope;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the rest of a refusal travels beside its number: {@code retryAfterMs|detail}, with {@code
 * :scope} after the time where there is one.
 */
final class Refusal {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,18})(?::([A-Z]+))?\\|(.*)", Pattern.DOTALL);

  private Refusal() {}

  static String write(FailureException refusal) {
    String scope = refusal.scope() == null ? "" : ":" + refusal.scope();
    return refusal.retryAfterMs() + scope + "|" + refusal.getMessage();
  }

  /** What is in no such form, or of a scope of a newer version, is all detail. */
  static FailureException read(Failure failure, String text) {
    Matcher form = FORM.matcher(String.valueOf(text));
    if (!form.matches()) {
      return new FailureException(failure, text);
    }
    return new FailureException(
        failure, form.group(3), Long.parseLong(form.group(1)), scope(form.group(2)));
  }

  private static Scope scope(String word) {
    for (Scope scope : Scope.values()) {
      if (scope.name().equals(word)) {
        return scope;
      }
    }
    return null;
  }
}
