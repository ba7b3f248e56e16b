package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Phase;
import java.util.HashMap;
import java.util.Map;

/**
 * A read cursor never goes back, and neither does how far the furthest of a user's devices has
 * come: one that is away or signed out leaves behind what it had. Whatever the server said of one
 * is a lower bound from then on: for every answer that was asked for after that. What a device was
 * told unasked may be old news when it arrives, so it is a bound and is not judged.
 */
final class CursorCheck implements Check {
  static final String ANSWER = "answer";
  private static final String READ = "read";
  private static final String DELIVERED = "delivered";

  /** Of a conversation: whose, and which of the two. */
  private record Cursor(String user, String kind) {
    static Cursor of(Event event) {
      return new Cursor(event.subject(), DELIVERED.equals(event.note()) ? DELIVERED : READ);
    }
  }

  private record Question(String process, String conversation) {}

  private record Move(String process, String conversation, long seq) {}

  private final Evidence evidence;
  private final Violations violations;

  /** By conversation. */
  private final Map<String, Map<Cursor, Long>> bounds = new HashMap<>();

  /** What was certain when the question was asked: an answer may be as old as that. */
  private final Map<Question, Map<Cursor, Long>> asked = new HashMap<>();

  private final Map<Move, Long> moving = new HashMap<>();
  private final Map<String, Long> seen = new HashMap<>();

  CursorCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    switch (event.op()) {
      case RECEIVE, SHOW -> seen.merge(event.conversation(), event.seq(), Math::max);
      case READ -> read(event);
      case CURSOR -> cursor(event);
      default -> {
        // Says nothing of cursors.
      }
    }
  }

  /**
   * A move beyond the head is cut there, so only as much counts as somebody had seen. And the
   * server may take somebody who has just come (back) for a stranger for some seconds, and drop the
   * move: only those count who were always there.
   */
  private void read(Event event) {
    Move move = new Move(event.process(), event.conversation(), event.seq());
    if (event.phase() == Phase.INVOKE) {
      moving.put(move, seen.getOrDefault(event.conversation(), 0L));
      return;
    }
    long head = moving.getOrDefault(move, 0L);
    Stints stints = evidence.stints(event.conversation());
    if (event.phase() == Phase.OK && stints != null && stints.isSteady(event.user())) {
      raise(event.conversation(), new Cursor(event.user(), READ), Math.min(head, event.seq()));
    }
  }

  private void cursor(Event event) {
    Question question = new Question(event.process(), event.conversation());
    if (event.phase() == Phase.INVOKE) {
      asked.put(question, Map.copyOf(bounds.getOrDefault(event.conversation(), Map.of())));
    } else if (event.phase() == Phase.OK) {
      Cursor cursor = Cursor.of(event);
      Map<Cursor, Long> known = asked.get(question);
      if (ANSWER.equals(event.source()) && known != null) {
        judge(cursor, known.getOrDefault(cursor, 0L), event);
      }
      raise(event.conversation(), cursor, event.seq());
    }
  }

  private void judge(Cursor cursor, long bound, Event event) {
    if (event.seq() < bound) {
      violations.add(
          Kind.CURSOR_BACK,
          "%s: the %s cursor of %s was at %d, and %s was told %d at %s",
          event.conversation(),
          cursor.kind(),
          cursor.user(),
          bound,
          event.process(),
          event.seq(),
          When.of(event));
    }
  }

  private void raise(String conversation, Cursor cursor, long seq) {
    bounds.computeIfAbsent(conversation, any -> new HashMap<>()).merge(cursor, seq, Math::max);
  }

  @Override
  public void end() {
    // All was said at once.
  }
}
