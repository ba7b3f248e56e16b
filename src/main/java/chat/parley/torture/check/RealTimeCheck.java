package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import java.util.Map;

/** What was sent when a number had been seen already gets a higher one. */
final class RealTimeCheck implements Check {
  private final Evidence evidence;
  private final Violations violations;

  RealTimeCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    // What had been seen at each send's beginning is noted with the send.
  }

  @Override
  public void end() {
    evidence.logs().forEach(this::look);
  }

  private void look(String conversation, Log log) {
    for (Map.Entry<Long, Log.Entry> change : log.entries().entrySet()) {
      SendKey key = change.getValue().key();
      Send send = key == null ? null : evidence.sends().get(key);
      if (send != null && change.getKey() <= send.seenBefore()) {
        violations.add(
            Kind.REAL_TIME,
            "%s is at %d, but was sent when %d had been seen",
            key,
            change.getKey(),
            send.seenBefore());
      }
    }
  }
}
