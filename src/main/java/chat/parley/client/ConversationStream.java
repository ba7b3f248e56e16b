package chat.parley.client;

import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * One device's view of one conversation: takes changes as they come and passes each on once, in the
 * order of changeSeq. What comes beyond a hole is held; a hole that stays is to be repaired by a
 * sync. Pure: no I/O, no clock.
 */
final class ConversationStream {
  static final long UNKNOWN = -1;
  private static final long NO_GAP = Long.MAX_VALUE;
  private static final int MOST_DOUBLINGS = 4;

  private record Held(Change change, Source source) {}

  private final String userId;
  private final int maxHeld;
  private final BiConsumer<Change, Source> sink;
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private long cursor;
  private long wanted;
  private long gapSince = NO_GAP;
  private int fruitless;
  private boolean urgent;
  private boolean left;

  ConversationStream(String userId, long cursor, int maxHeld, BiConsumer<Change, Source> sink) {
    this.userId = userId;
    this.cursor = cursor;
    this.wanted = cursor;
    this.maxHeld = maxHeld;
    this.sink = sink;
  }

  /** The highest changeSeq passed on, or {@link #UNKNOWN}. */
  long cursor() {
    return cursor;
  }

  /** Whether the last change passed on was this user's leave. */
  boolean left() {
    return left;
  }

  /** A change from a frame or an ack. */
  void offer(Change change, Source source, long now) {
    long number = change.changeSeq();
    if (startsHere(change, source)) {
      cursor = number - 1;
    }
    if (cursor == UNKNOWN || number > cursor + 1) {
      hold(change, source, now);
    } else if (number == cursor + 1) {
      pass(change, source);
      drain(now);
    }
  }

  /**
   * A device's numbers begin where its user joins; a resync begins where the device's right to see
   * begins.
   */
  private boolean startsHere(Change change, Source source) {
    if (cursor == UNKNOWN) {
      return change.changeSeq() == 1 || source == Source.RESYNC || change.isJoinOf(userId);
    }
    return left && change.changeSeq() > cursor && change.isJoinOf(userId);
  }

  private void hold(Change change, Source source, long now) {
    if (held.size() < maxHeld) {
      held.putIfAbsent(change.changeSeq(), new Held(change, source));
    }
    want(change.changeSeq(), now);
  }

  /** The conversation is known to go on to this number. */
  void want(long changeSeq, long now) {
    if (changeSeq > wanted) {
      wanted = changeSeq;
    }
    if (wanted > cursor && gapSince == NO_GAP) {
      gapSince = now;
    }
  }

  /** The server streams no further: everything up to the head has to be asked for, now. */
  void reset(long headChangeSeq, long now) {
    want(headChangeSeq, now);
    urgent = wanted > cursor;
  }

  /**
   * The answer to a sync after the cursor. It is the server's word on what this user may see: a
   * number it leaves out is hidden from the user, and the stream goes on behind it.
   */
  void page(ChangePage page, long now) {
    long before = cursor;
    for (Change change : page.items()) {
      if (change.changeSeq() > cursor) {
        cursor = change.changeSeq() - 1;
        pass(change, Source.REPAIR);
      }
    }
    drain(now);
    urgent = page.hasMore() && cursor > before;
    fruitless = cursor > before ? 0 : Math.min(fruitless + 1, MOST_DOUBLINGS);
    if (gapSince != NO_GAP) {
      gapSince = now;
    }
  }

  /** The server says that this user may not read here (any more). */
  void refused() {
    held.clear();
    wanted = cursor;
    settle();
  }

  /** Whether it is time to ask for what is missing. */
  boolean needsRepair(long now, long patience) {
    return urgent || (gapSince != NO_GAP && now - gapSince > patience << fruitless);
  }

  private void drain(long now) {
    while (!held.isEmpty()) {
      Held next = held.firstEntry().getValue();
      long number = next.change.changeSeq();
      if (startsHere(next.change, next.source)) {
        cursor = number - 1;
      }
      if (number > cursor + 1) {
        break;
      }
      held.pollFirstEntry();
      if (number == cursor + 1) {
        pass(next.change, next.source);
      }
    }
    if (wanted > cursor) {
      gapSince = now;
    } else {
      settle();
    }
  }

  private void settle() {
    gapSince = NO_GAP;
    fruitless = 0;
    urgent = false;
  }

  private void pass(Change change, Source source) {
    cursor = change.changeSeq();
    if (change.isLeaveOf(userId)) {
      left = true;
      forgetWhatIsBeforeAReturn();
    } else if (change.isJoinOf(userId)) {
      left = false;
    }
    sink.accept(change, source);
  }

  /** A join may have come while the page was on its way that ends with the leave before it. */
  private void forgetWhatIsBeforeAReturn() {
    while (!held.isEmpty() && !held.firstEntry().getValue().change.isJoinOf(userId)) {
      held.pollFirstEntry();
    }
    wanted = held.isEmpty() ? cursor : held.lastKey();
  }
}
