package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import java.util.BitSet;
import java.util.Map;

/** The log's numbers have no hole, and seq counts messages. */
final class LogCheck implements Check {
  private final Evidence evidence;
  private final Violations violations;

  LogCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    // The log is the sum of them.
  }

  @Override
  public void end() {
    evidence.doubles().forEach(twice -> violations.add(Kind.TWO_CONTENTS, "the log of %s", twice));
    evidence.logs().forEach(this::look);
  }

  private void look(String conversation, Log log) {
    BitSet missing = new BitSet();
    long next = 1;
    long messages = 0;
    for (Map.Entry<Long, Log.Entry> change : log.entries().entrySet()) {
      long number = change.getKey();
      boolean hole = number > next && Numbers.isSane(number);
      if (hole) {
        missing.set((int) next, (int) number);
      }
      next = number + 1;
      messages += change.getValue().key() == null ? 0 : 1;
      if (change.getValue().seq() != messages && !hole) {
        violations.add(
            Kind.DENSE,
            "change %d of %s says seq %d where %d is due",
            number,
            conversation,
            change.getValue().seq(),
            messages);
      }
      messages = change.getValue().seq(); // One wrong count is one violation.
    }
    if (!missing.isEmpty()) {
      violations.add(Kind.DENSE, "the log of %s lacks %s", conversation, Ranges.of(missing));
    }
  }
}
