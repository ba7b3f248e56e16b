package chat.parley.torture.check;

import chat.parley.client.Change;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Under one number everybody sees the same, for ever: what the log has there. What the log does not
 * have, nobody may ever have seen.
 */
final class ContentCheck implements Check {
  private record Place(String conversation, long changeSeq) {}

  private record Content(String hash, long seq) {}

  private final Evidence evidence;
  private final Violations violations;

  /** What was seen first where the log has nothing. */
  private final Map<Place, Content> unstored = new HashMap<>();

  private final Set<String> sent = new HashSet<>();

  ContentCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    if (event.op() == Op.SEND && event.phase() == Phase.INVOKE) {
      sent.add(event.hash()); // A send begins before anybody can see it.
    }
    boolean acked = event.op() == Op.SEND && event.phase() == Phase.OK;
    if (!acked && !Evidence.isObservation(event.op())) {
      return;
    }
    Log.Entry entry = evidence.log(event.conversation()).at(event.changeSeq());
    Content expected = entry == null ? null : new Content(entry.hash(), entry.seq());
    if (expected == null) {
      expected = unstored(event);
    }
    Content found = new Content(event.hash(), event.seq());
    if (!expected.equals(found)) {
      violations.add(
          Kind.TWO_CONTENTS,
          "%s number %d: %s at %s had seq %d and content %s, %s seq %d and content %s",
          event.conversation(),
          event.changeSeq(),
          event.process(),
          When.of(event),
          event.seq(),
          event.hash(),
          entry == null ? "earlier there was" : "the log has",
          expected.seq(),
          expected.hash());
    }
  }

  private Content unstored(Event event) {
    Place place = new Place(event.conversation(), event.changeSeq());
    Content found = new Content(event.hash(), event.seq());
    Content first = unstored.putIfAbsent(place, found);
    if (first == null && evidence.hasLog()) {
      violations.add(
          Kind.NOT_IN_LOG,
          "%s number %d (%s): %s at %s",
          event.conversation(),
          event.changeSeq(),
          event.op(),
          event.process(),
          When.of(event));
    }
    if (Change.MESSAGE_NEW.equals(event.note()) && !sent.contains(event.hash())) {
      violations.add(
          Kind.CONTENT_NOT_SENT,
          "%s number %d, seen by %s at %s",
          event.conversation(),
          event.changeSeq(),
          event.process(),
          When.of(event));
    }
    return first == null ? found : first;
  }

  @Override
  public void end() {
    // All was said at once.
  }
}
