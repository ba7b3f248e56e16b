package chat.parley.gateway;

import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Turns hints, which may be late, doubled, lost or out of order, and pages of the log into the one
 * ascending row of changes that a connection gets of a conversation. A number is given out once; it
 * is given out only right after the one before it, or because a page of the log says that nothing
 * the user may see lies between.
 *
 * <p>Knows no Vert.x: not thread-safe, and asks for nothing itself. Whoever holds it looks at
 * {@link #wantsFill} after each call and brings the page after {@link #fillFrom}.
 */
final class ConversationStream {
  private static final long UNKNOWN = -1;

  private final UserId self;
  private final HeldBytes budget;
  private final TreeMap<Long, ChangeFrame> held = new TreeMap<>();
  private long position = UNKNOWN;
  private long highest;
  private long heard;
  private boolean open;

  /** After the user's own leave nothing follows of itself: only the log knows of a new stint. */
  private boolean ended;

  ConversationStream(UserId self, HeldBytes budget) {
    this.self = self;
    this.budget = budget;
  }

  /**
   * The device has everything up to here, which is where its user was taken out if {@code isOut}.
   * Called at most once, before anything was given out.
   */
  void startAt(long changeSeq, boolean isOut) {
    position = changeSeq;
    ended = isOut;
    forgetUpTo(changeSeq);
  }

  /** The sync is over: from now on hints are given out. */
  List<ChangeFrame> open() {
    open = true;
    List<ChangeFrame> out = new ArrayList<>();
    drain(out);
    return out;
  }

  /** A hint. What can be given out now, in order. */
  List<ChangeFrame> offer(ChangeFrame frame) {
    if (frame.number() <= position) {
      return List.of();
    }
    highest = Math.max(highest, frame.number());
    heard++;
    if (!open || !continues(frame)) {
      hold(frame);
      return List.of();
    }
    if (held.isEmpty()) {
      give(frame);
      return List.of(frame);
    }
    List<ChangeFrame> out = new ArrayList<>();
    give(frame);
    out.add(frame);
    drain(out);
    return out;
  }

  /**
   * A page of the log: all that the user may see from any point at or below the position, in order.
   * May be handed over in parts. What can be given out now, in order.
   */
  List<ChangeFrame> page(List<ChangeFrame> items) {
    List<ChangeFrame> out = new ArrayList<>(items.size());
    for (ChangeFrame item : items) {
      if (item.number() > position) {
        give(item);
        out.add(item);
      }
    }
    if (open) {
      drain(out);
    }
    return out;
  }

  /** The device was told to start anew from here, where its user was taken out if {@code isOut}. */
  List<ChangeFrame> skipTo(long changeSeq, boolean isOut) {
    List<ChangeFrame> out = new ArrayList<>();
    if (changeSeq > position) {
      position = changeSeq;
      ended = isOut;
      forgetUpTo(changeSeq);
    }
    if (open) {
      drain(out);
    }
    return out;
  }

  /**
   * The log does not let the user see more. Their own leave is still given out, so that the client
   * learns why; everything else that waited is forgotten.
   */
  List<ChangeFrame> refused() {
    List<ChangeFrame> out = new ArrayList<>();
    for (ChangeFrame frame : List.copyOf(held.values())) {
      if (frame.takesOut(self)) {
        give(frame);
        out.add(frame);
        break;
      }
    }
    giveUp();
    return out;
  }

  /** Forgets what waits; the next hint shows the gap again. */
  void giveUp() {
    forgetUpTo(Long.MAX_VALUE);
    highest = Math.max(position, 0);
  }

  /** The log goes up to here at least, though no hint of it may come any more. */
  void expect(long changeSeq) {
    if (changeSeq > position) {
      highest = Math.max(highest, changeSeq);
      heard++;
    }
  }

  /** How many hints have come: where it is the same again, there was none in between. */
  long heard() {
    return heard;
  }

  /** Whether something is known to lie above the position that cannot be given out. */
  boolean wantsFill() {
    return open && highest > Math.max(position, 0);
  }

  /** The number after which the log is to be asked. */
  long fillFrom() {
    return Math.max(position, 0);
  }

  /** Whether the device was told that its user is out, and of no return since. */
  boolean isOut() {
    return ended;
  }

  /** Whether anything was given out, or a start was said. */
  boolean isStarted() {
    return position != UNKNOWN;
  }

  /** The last number given out, or where it was started; 0 before both. */
  long position() {
    return Math.max(position, 0);
  }

  private boolean continues(ChangeFrame frame) {
    // An unknown position trusts number 1 only: a join may be the user's second, and the changes of
    // the first stint would be lost without a trace.
    return !ended && frame.number() == Math.max(position, 0) + 1;
  }

  private void give(ChangeFrame frame) {
    position = frame.number();
    highest = Math.max(highest, position);
    ended = frame.takesOut(self) || ended && !frame.bringsIn(self);
    forgetUpTo(position);
  }

  private void drain(List<ChangeFrame> out) {
    while (!held.isEmpty() && continues(held.firstEntry().getValue())) {
      ChangeFrame next = held.firstEntry().getValue();
      give(next);
      out.add(next);
    }
  }

  private void hold(ChangeFrame frame) {
    if (!held.containsKey(frame.number()) && budget.take(frame.bytes())) {
      held.put(frame.number(), frame);
    }
  }

  private void forgetUpTo(long changeSeq) {
    while (!held.isEmpty() && held.firstKey() <= changeSeq) {
      budget.giveBack(held.pollFirstEntry().getValue().bytes());
    }
  }
}
