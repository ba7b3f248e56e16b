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
 * Under one number everybody sees the same, for ever: what the log has there; of a message that was
 * altered what the log's changes up to some version made of it. To those who may not read the
 * message an edit or a delete says nothing of it. What the log does not have, nobody may ever have
 * seen.
 */
final class ContentCheck implements Check {
  private record Place(String conversation, long changeSeq) {}

  private record Content(String hash, long seq, String type, String reactions) {}

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
    Content found = found(event);
    if (entry != null && entry.isWhole() && event.user() != null) {
      checkReader(event, entry);
    }
    if (entry != null && isWithoutMessage(event, entry)) {
      return; // It says nothing that could be wrong.
    }
    if (entry == null) {
      compare(event, found, unstored(event, found), "earlier there was");
    } else if (event.version() > event.changeSeq()) {
      altered(event, entry, found);
    } else {
      compare(
          event,
          found,
          new Content(entry.hash(), entry.seq(), entry.type(), entry.reactions()),
          "the log has");
    }
  }

  private static boolean isWithoutMessage(Event event, Log.Entry entry) {
    return entry.isWhole() && event.target() == 0 && event.seq() == entry.seq();
  }

  /** An edit or a delete says its message to those who may read it, and to nobody else. */
  private void checkReader(Event event, Log.Entry entry) {
    boolean without = event.target() == 0;
    if (without == evidence.mayRead(event.conversation(), event.user(), entry.target())) {
      violations.add(
          without ? Kind.WITHHELD : Kind.BEFORE_JOIN,
          "%s number %d, a %s of %d: %s at %s",
          event.conversation(),
          event.changeSeq(),
          entry.type(),
          entry.target(),
          event.process(),
          When.of(event));
    }
  }

  /** An ack says less than who sees the message: it is of a new one. */
  private static Content found(Event event) {
    return event.op() == Op.SEND
        ? new Content(event.hash(), event.seq(), Change.MESSAGE_NEW, null)
        : new Content(event.hash(), event.seq(), event.note(), event.reactions());
  }

  private void compare(Event event, Content found, Content expected, String where) {
    if (!expected.equals(found)) {
      violations.add(
          Kind.TWO_CONTENTS,
          "%s number %d: %s at %s had %s, %s %s",
          event.conversation(),
          event.changeSeq(),
          event.process(),
          When.of(event),
          found,
          where,
          expected);
    }
  }

  /** A page shows a message, and an edit of it, in a state that later changes have made. */
  private void altered(Event event, Log.Entry entry, Content found) {
    long target = entry.amends() ? entry.target() : event.changeSeq();
    States.State state = evidence.states(event.conversation()).at(target, event.version());
    Content expected =
        state == null
            ? null
            : new Content(state.hash(), entry.seq(), entry.type(), state.reactions());
    if (!found.equals(expected)) {
      violations.add(
          Kind.WRONG_STATE,
          "%s number %d as of %d: %s at %s had %s, %s",
          event.conversation(),
          event.changeSeq(),
          event.version(),
          event.process(),
          When.of(event),
          found,
          expected == null ? "and there is no such version of it" : "the log makes it " + expected);
    }
  }

  private Content unstored(Event event, Content found) {
    Place place = new Place(event.conversation(), event.changeSeq());
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
