package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is refused for good is refused for a reason that the run gives; all else may pass, and
 * clients are told to ask again.
 *
 * <ul>
 *   <li>A message: its sender was removed. That nobody is who was there all the time.
 *   <li>An edit or a reaction: the same, or the message was deleted, which is a conflict. A delete:
 *       the same; of what is deleted it is no refusal.
 *   <li>A removal or a return: none, since whoever asks owns the conversation, and stays. But where
 *       a removal was asked for more often than it was answered, it may be done once more right
 *       after a return; then the role of a member who is not there cannot be set.
 * </ul>
 */
final class RefusalCheck implements Check {
  private static final String REMOVED = "not_a_member";
  private static final String CONFLICT = "conflict";
  private static final String NOT_FOUND = "not_found";
  private static final String DELETE = "message.delete";
  private static final String REMOVE = "remove";

  private record Message(String conversation, long changeSeq) {}

  private record Who(String conversation, String user) {}

  private final Evidence evidence;
  private final Violations violations;

  /** Messages whose delete was asked for. */
  private final Set<Message> deleted = new HashSet<>();

  /** Removals that were asked for and not answered, or not yet. */
  private final Map<Who, Integer> unanswered = new HashMap<>();

  RefusalCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    switch (event.op()) {
      case SEND, RESEND -> send(event);
      case AMEND -> amend(event);
      case MEMBER -> member(event);
      default -> {
        // Nothing is asked for that could be refused.
      }
    }
  }

  /** Where nobody knows what became of it, it has no note. */
  private void send(Event event) {
    boolean refused =
        event.phase() == Phase.FAIL || event.op() == Op.SEND && event.phase() == Phase.INFO;
    if (refused && event.note() != null && (!REMOVED.equals(event.note()) || isSteady(event))) {
      violations.add(
          Kind.REFUSED_WRONGLY,
          "%s%s: %s",
          SendKey.of(event),
          event.op() == Op.RESEND ? ", sent again" : "",
          event.note());
    }
  }

  /** Whether it is known that its user was there all the time. */
  private boolean isSteady(Event event) {
    Stints stints = evidence.stints(event.conversation());
    return evidence.hasLog() && stints != null && stints.isSteady(event.user());
  }

  private void amend(Event event) {
    Message message = new Message(event.conversation(), event.target());
    boolean deletes = DELETE.equals(event.note());
    if (event.phase() == Phase.INVOKE && deletes) {
      deleted.add(message);
    }
    boolean refused =
        (event.phase() == Phase.FAIL || event.phase() == Phase.INFO) && event.source() != null;
    boolean gone = !deletes && CONFLICT.equals(event.source()) && deleted.contains(message);
    if (refused && !gone && isSteady(event)) {
      violations.add(
          Kind.REFUSED_WRONGLY,
          "%s of %d in %s by %s: %s",
          event.note(),
          event.target(),
          event.conversation(),
          event.process(),
          event.source());
    }
  }

  private void member(Event event) {
    Who who = new Who(event.conversation(), event.subject());
    boolean removes = REMOVE.equals(event.note());
    if (removes && event.phase() != Phase.INFO) {
      unanswered.merge(who, event.phase() == Phase.INVOKE ? 1 : -1, Integer::sum);
    }
    boolean mayBeGone =
        !removes && NOT_FOUND.equals(event.source()) && unanswered.getOrDefault(who, 0) > 0;
    if (event.phase() == Phase.FAIL && !mayBeGone) {
      violations.add(
          Kind.REFUSED_WRONGLY,
          "%s of %s in %s by %s: %s",
          event.note(),
          event.subject(),
          event.conversation(),
          event.process(),
          event.source());
    }
  }

  @Override
  public void end() {
    // All was said at once.
  }
}
