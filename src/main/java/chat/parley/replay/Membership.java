package chat.parley.replay;

import chat.parley.client.Change;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who had to see which changes and who might, told by the joins and leaves in the log itself. A
 * device must have what lies between its user's join and leave. It may have the two ends as well,
 * and nothing else; only who was there from the start may also have what was committed while the
 * group was being filled.
 */
final class Membership {
  private static final class Span {
    final BitSet must = new BitSet();
    final BitSet may = new BitSet();
    long joinedAt = -1;
  }

  private final Map<String, Span> spans = new HashMap<>();

  /**
   * Reads the log.
   *
   * @param log all changes from 1 on, ascending
   * @param fromTheStart users who were named when the conversation was created, its creator among
   *     them
   */
  Membership(List<Change> log, Set<String> fromTheStart) {
    fromTheStart.forEach(userId -> span(userId).joinedAt = 0);
    log.forEach(this::follow);
    long head = log.isEmpty() ? 0 : log.get(log.size() - 1).changeSeq();
    for (Span span : spans.values()) {
      if (span.joinedAt >= 0) {
        close(span, head + 1, head);
      }
    }
    for (String userId : fromTheStart) {
      Span span = span(userId);
      int first = span.may.nextSetBit(0);
      span.may.set(0, Math.max(first, 0) + 1);
    }
  }

  private void follow(Change change) {
    if (change.member() == null) {
      return;
    }
    Span span = span(change.member().userId());
    if (Change.MEMBER_JOINED.equals(change.type())) {
      // A founder's own join is the true beginning; the 0 was only in case the log holds none.
      if (span.joinedAt <= 0) {
        span.joinedAt = change.changeSeq();
      }
    } else if (Change.MEMBER_LEFT.equals(change.type()) && span.joinedAt >= 0) {
      close(span, change.changeSeq(), change.changeSeq());
      span.joinedAt = -1;
    }
  }

  private static void close(Span span, long mustBefore, long mayUpTo) {
    int joined = (int) span.joinedAt;
    if (joined + 1 < mustBefore) {
      span.must.set(joined + 1, (int) mustBefore);
    }
    if (joined <= mayUpTo) {
      span.may.set(joined, (int) mayUpTo + 1);
    }
  }

  private Span span(String userId) {
    return spans.computeIfAbsent(userId, id -> new Span());
  }

  /** The changeSeqs that every device of the user must have. */
  BitSet must(String userId) {
    return span(userId).must;
  }

  /** The changeSeqs that a device of the user may have. */
  BitSet may(String userId) {
    return span(userId).may;
  }

  /** The last changeSeq that the user must have, 0 where there is none. */
  long lastOf(String userId) {
    return Math.max(0, span(userId).must.length() - 1);
  }
}
