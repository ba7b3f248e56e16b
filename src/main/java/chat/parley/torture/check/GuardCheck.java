package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Phase;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A run in which too little happened, that did not come to rest, or that was not looked at, is no
 * good run. What has not come to rest is not always lacking anywhere: an edit or a removal without
 * an answer may have been done or not, and both are right.
 */
final class GuardCheck implements Check {
  private static final List<String> READINGS = List.of("devices", "store", "stream");
  private static final String CURSORS = "cursors";

  private record Fault(String target, String what) {}

  private final Evidence evidence;
  private final Violations violations;
  private final Requirements requirements;
  private final List<Fault> unseen = new ArrayList<>();
  private final Set<String> begun = new LinkedHashSet<>();
  private long seen;
  private long invoked;

  GuardCheck(Evidence evidence, Violations violations, Requirements requirements) {
    this.evidence = evidence;
    this.violations = violations;
    this.requirements = requirements;
  }

  /** How many faults were seen to happen. */
  long faults() {
    return seen;
  }

  @Override
  public void event(Event event) {
    switch (event.op()) {
      case FAULT -> fault(event);
      case SETTLE -> {
        if (event.phase() == Phase.INFO) {
          violations.add(
              Kind.UNSETTLED,
              "%s%s",
              event.conversation() == null ? "" : event.conversation() + ": ",
              event.note());
        }
      }
      case READING -> {
        if (event.phase() == Phase.INVOKE && event.conversation() == null) {
          begun.add(event.note());
        }
      }
      default -> {
        // No guard is about it.
      }
    }
  }

  private void fault(Event event) {
    if (event.phase() == Phase.INVOKE) {
      invoked++;
      unseen.add(new Fault(event.process(), event.note()));
    } else if (event.phase() == Phase.INFO) {
      // What is seen begins with what was done, and one sight proves one fault.
      for (Iterator<Fault> all = unseen.iterator(); all.hasNext(); ) {
        Fault fault = all.next();
        if (fault.target().equals(event.process()) && event.note().startsWith(fault.what())) {
          all.remove();
          seen++;
          return;
        }
      }
    }
  }

  @Override
  public void end() {
    long acked = evidence.sends().values().stream().filter(Send::isAcked).count();
    if (acked < requirements.leastAcks()) {
      violations.add(
          Kind.TOO_FEW_ACKS, "%d, and %d are the least", acked, requirements.leastAcks());
    }
    long amended = evidence.asks().values().stream().filter(Ask::isAcked).count();
    if (amended < requirements.leastAmended()) {
      violations.add(
          Kind.TOO_FEW_AMENDED, "%d, and %d are the least", amended, requirements.leastAmended());
    }
    if (requirements.faultSeen() && invoked == 0) {
      violations.add(Kind.NO_FAULT_SEEN, "no fault was even begun");
    }
    unseen.forEach(
        fault -> violations.add(Kind.NO_FAULT_SEEN, "%s at %s", fault.what(), fault.target()));
    Set<String> needed = new LinkedHashSet<>(READINGS);
    if (requirements.cursors()) {
      needed.add(CURSORS);
    }
    needed.addAll(begun);
    needed.stream()
        .filter(note -> !evidence.hasReading(note))
        .forEach(
            note ->
                violations.add(
                    Kind.NO_READING,
                    "%s: %s",
                    note,
                    begun.contains(note) ? "it did not end" : "it did not begin"));
    requirements.sorts().stream()
        .filter(sort -> !evidence.sorts().contains(sort))
        .forEach(sort -> violations.add(Kind.NO_SUCH_CONVERSATION, "%s", sort));
  }
}
