package chat.parley.torture.check;

import chat.parley.torture.check.Evidence.Reading;
import chat.parley.torture.check.Stints.Stint;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * After the end a fresh device reads every change that its user may see, of each stint; and
 * somebody read every conversation.
 */
final class FinalCheck implements Check {
  private static final String CHANGES = "devices";
  private static final String HISTORY = "history";

  private final Evidence evidence;
  private final Violations violations;
  private final Map<Reading, BitSet> read = new HashMap<>();

  FinalCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    if (event.op() == Op.FINAL && Numbers.isSane(event.changeSeq())) {
      String what = HISTORY.equals(event.source()) ? HISTORY : CHANGES;
      read.computeIfAbsent(
              new Reading(event.user(), event.conversation(), what), any -> new BitSet())
          .set((int) event.changeSeq());
    } else if (event.op() == Op.READING
        && event.phase() == Phase.INFO
        && "verify".equals(event.process())) {
      violations.add(Kind.VERIFY, "%s", event.note());
    }
  }

  @Override
  public void end() {
    if (!evidence.hasReading(CHANGES) || !evidence.hasLog()) {
      return;
    }
    Set<String> readers = new HashSet<>();
    for (Reading reading : evidence.readings()) {
      if (CHANGES.equals(reading.what())) {
        readers.add(reading.conversation());
      }
      lookAt(reading);
    }
    for (String conversation : evidence.conversations()) {
      if (!readers.contains(conversation)) {
        violations.add(Kind.NO_READING, "no fresh device read %s", conversation);
      }
    }
  }

  private void lookAt(Reading reading) {
    String conversation = reading.conversation();
    Stints stints = evidence.stints(conversation);
    BitSet lacking = new BitSet();
    if (stints != null) {
      for (Stint stint : stints.of(reading.user())) {
        int to = (int) stint.owedTo(evidence.settledHead(conversation));
        if (stint.owedFrom() <= to) {
          lacking.set((int) stint.owedFrom(), to + 1);
        }
      }
    }
    lacking.andNot(read.getOrDefault(reading, new BitSet()));
    lacking.stream()
        .filter(number -> !isDue(reading, evidence.log(conversation).at(number)))
        .forEach(lacking::clear);
    if (!lacking.isEmpty()) {
      violations.add(
          Kind.FINAL_LACKS,
          "%s: a fresh device of %s could not read %s%s",
          conversation,
          reading.user(),
          Ranges.of(lacking),
          HISTORY.equals(reading.what()) ? " in the history" : "");
    }
  }

  /** A hole of the log is counted there, and history is of messages. */
  private static boolean isDue(Reading reading, Log.Entry entry) {
    return entry != null && (CHANGES.equals(reading.what()) || entry.key() != null);
  }
}
