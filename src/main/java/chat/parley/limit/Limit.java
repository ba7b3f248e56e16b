package chat.parley.limit;

import chat.parley.bus.FailureException.Scope;
import java.util.Locale;

/** A kind of things, counted for each of a scope. */
public record Limit(Scope scope, Kind kind) {
  /** As in settings: {@code user.messages}. */
  public String key() {
    return scope.name().toLowerCase(Locale.ROOT) + "." + kind.word();
  }
}
