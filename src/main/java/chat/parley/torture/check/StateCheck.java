package chat.parley.torture.check;

import chat.parley.client.Change;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An answer that was asked for after the ack of an edit, delete or reaction shows the message as it
 * is then: above all no text that was deleted. And who had gone when a message was altered is not
 * shown what it became, but for deletes, which hold for everybody.
 *
 * <p>What a device is told unasked may have been on its way; the delete comes right behind it.
 */
final class StateCheck implements Check {
  private static final String RESET = "reset";
  private static final String DELETE = "message.delete";

  /** What a socket is told of what it lacks was read after the connection before it was lost. */
  private static final Set<String> AFTER_A_LOSS = Set.of("resync", "repair");

  private static final Set<String> WHOLE = Set.of(Change.MESSAGE_NEW, "message.edit");

  private record Message(String conversation, long changeSeq) {}

  private record Acked(long changeSeq, long nanos, boolean delete) {}

  private final Evidence evidence;
  private final Violations violations;
  private final Map<Message, List<Acked>> acked = new HashMap<>();
  private final Map<String, Long> lostAt = new HashMap<>();

  StateCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    switch (event.op()) {
      case AMEND -> {
        if (event.phase() == Phase.OK) {
          acked
              .computeIfAbsent(
                  new Message(event.conversation(), event.target()), any -> new ArrayList<>(1))
              .add(new Acked(event.changeSeq(), event.nanos(), DELETE.equals(event.note())));
        }
      }
      case CONNECTION -> {
        if (event.note() != null && !RESET.equals(event.note())) {
          lostAt.put(event.device(), event.nanos());
        }
      }
      case RECEIVE, FINAL -> {
        if (WHOLE.contains(event.note())) {
          look(event);
        }
      }
      default -> {
        // No message is shown.
      }
    }
  }

  private void look(Event event) {
    long target = event.target() > 0 ? event.target() : event.changeSeq();
    long version = event.version() > 0 ? event.version() : event.changeSeq();
    long asked = askedAt(event);
    for (Acked one : acked.getOrDefault(new Message(event.conversation(), target), List.of())) {
      if (one.nanos() < asked && one.changeSeq() > version && concerns(event.user(), one, event)) {
        violations.add(
            one.delete() ? Kind.DELETED_READ : Kind.STALE_STATE,
            "%s: %s was told by %s at %s of %d as of %d; it was asked for at %.3f s, and %d was"
                + " acked at %.3f s",
            event.conversation(),
            event.process(),
            event.source(),
            When.of(event),
            target,
            version,
            asked / 1e9,
            one.changeSeq(),
            one.nanos() / 1e9);
      }
    }
    if (version > event.changeSeq()) {
      lookAhead(event, target, version);
    }
  }

  private long askedAt(Event event) {
    return event.op() == Op.RECEIVE && AFTER_A_LOSS.contains(event.source())
        ? lostAt.getOrDefault(event.device(), 0L)
        : event.asked();
  }

  private boolean concerns(String user, Acked one, Event event) {
    Stints stints = evidence.stints(event.conversation());
    return one.delete() || stints != null && stints.maySee(user, one.changeSeq());
  }

  private void lookAhead(Event event, long target, long version) {
    Stints stints = evidence.stints(event.conversation());
    Log.Entry made = evidence.log(event.conversation()).at(version);
    if (stints == null
        || made == null
        || DELETE.equals(made.type())
        || stints.maySee(event.user(), version)
        || evidence.mayBeBack(event.conversation(), event.user(), version, event.nanos())) {
      return;
    }
    violations.add(
        Kind.AFTER_REMOVAL,
        "%s: %s was shown %d at %s as %d had left it, when its user was not there",
        event.conversation(),
        event.process(),
        target,
        When.of(event),
        version);
  }

  @Override
  public void end() {
    // All was said at once.
  }
}
