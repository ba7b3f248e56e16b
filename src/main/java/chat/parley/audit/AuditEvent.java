package chat.parley.audit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that somebody did, or tried to do.
 *
 * @param actor a user's id; for attempts to sign in how they called themselves; for an operator at
 *     a machine {@code cli:} and the system's user
 * @param outcome {@code done}, or why not
 * @param details what it was done to, in the order in which it is shown; never a secret, and
 *     nothing that members write to each other
 */
public record AuditEvent(
    AuditAction action, String actor, String outcome, Map<String, String> details) {
  private static final int MAX_TEXT = 512;
  private static final String DONE = "done";

  public AuditEvent {
    actor = bounded(actor);
    outcome = bounded(outcome);
    Map<String, String> own = new LinkedHashMap<>();
    details.forEach((key, value) -> own.put(key, bounded(value)));
    details = Collections.unmodifiableMap(own);
  }

  /** Something that was done. */
  public static AuditEvent of(AuditAction action, String actor) {
    return new AuditEvent(action, actor, DONE, Map.of());
  }

  /** The same with one more detail. */
  public AuditEvent with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(details);
    more.put(key, value);
    return new AuditEvent(action, actor, outcome, more);
  }

  /** The same with what came of it. */
  public AuditEvent outcome(String other) {
    return new AuditEvent(action, actor, other, details);
  }

  private static String bounded(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }
}
