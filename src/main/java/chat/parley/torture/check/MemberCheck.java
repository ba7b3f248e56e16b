package chat.parley.torture.check;

import chat.parley.client.Change;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A removal or a return that was acked is in the log. Of one user in one conversation the kit asks
 * for one after the other, so each answer says where the user was between its question and itself;
 * from there to here and back again the log must have come as often as the answers have.
 *
 * <p>An answer that says what the one before it said proves no change, and one that never came
 * proves nothing. The log may have more: an attempt without an answer may be carried out later.
 */
final class MemberCheck implements Check {
  private static final String REMOVE = "remove";
  private static final String ADD = "add";

  private record Who(String conversation, String user) {}

  /** Where somebody was by the last answer, and how often that was another place. */
  private static final class Moves {
    private boolean in;
    private long joins;
    private long leaves;

    /** {@code first}: whether it is one of those whom a conversation began with. */
    Moves(boolean first) {
      in = first;
      joins = first ? 1 : 0;
    }

    void isIn(boolean now) {
      if (now && !in) {
        joins++;
      } else if (!now && in) {
        leaves++;
      }
      in = now;
    }
  }

  private final Evidence evidence;
  private final Violations violations;
  private final Map<Who, Moves> answered = new LinkedHashMap<>();

  MemberCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    if (event.op() == Op.MEMBER && event.phase() == Phase.OK) {
      Moves moves = moves(new Who(event.conversation(), event.subject()));
      if (REMOVE.equals(event.note())) {
        moves.isIn(false);
      } else if (ADD.equals(event.note())) {
        moves.isIn(true);
      }
    }
  }

  private Moves moves(Who who) {
    return answered.computeIfAbsent(
        who, any -> new Moves(evidence.firstMembers(who.conversation()).contains(who.user())));
  }

  @Override
  public void end() {
    if (!evidence.hasLog()) {
      return;
    }
    for (String conversation : evidence.conversations()) {
      evidence.firstMembers(conversation).forEach(user -> moves(new Who(conversation, user)));
    }
    Map<Who, Moves> stored = stored();
    answered.forEach((who, moves) -> compare(who, moves, stored.get(who)));
  }

  private Map<Who, Moves> stored() {
    Map<Who, Moves> stored = new HashMap<>();
    evidence
        .logs()
        .forEach(
            (conversation, log) -> {
              for (Log.Entry entry : log.entries().values()) {
                boolean joins = Change.MEMBER_JOINED.equals(entry.type());
                if (joins || Change.MEMBER_LEFT.equals(entry.type())) {
                  Who who = new Who(conversation, entry.subject());
                  Moves moves = stored.computeIfAbsent(who, any -> new Moves(false));
                  moves.joins += joins ? 1 : 0;
                  moves.leaves += joins ? 0 : 1;
                }
              }
            });
    return stored;
  }

  private void compare(Who who, Moves due, Moves stored) {
    long joins = stored == null ? 0 : stored.joins;
    long leaves = stored == null ? 0 : stored.leaves;
    if (joins < due.joins || leaves < due.leaves) {
      violations.add(
          Kind.MEMBER_LOST,
          "%s in %s: at least %d joins and %d leaves were acked, the log has %d and %d",
          who.user(),
          who.conversation(),
          due.joins,
          due.leaves,
          joins,
          leaves);
    }
  }
}
