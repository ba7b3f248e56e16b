package chat.parley.log;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Up to where a shard's journal is of no use any more: every group before is settled in the store,
 * or nobody was told that the journal has it. Groups are entered in the order in which they are
 * sent; the mark passes those at the front that are over.
 */
final class JournalMark {
  private static final long UNKNOWN = -1;

  private final Deque<Entry> entries = new ArrayDeque<>();
  private long mark;
  private boolean recovered;

  /** A group on its way: over when the journal has answered and the group is settled. */
  final class Entry {
    private long offset = UNKNOWN;
    private boolean answered;
    private boolean settled;

    /** The journal has the group at this offset. */
    void answered(long at) {
      offset = at;
      answered = true;
      pass();
    }

    /** The journal has not answered for the group, so nobody relies on it. */
    void failed() {
      answered = true;
      pass();
    }

    /** The group is settled in the store. */
    void settled() {
      settled = true;
      pass();
    }
  }

  /** A group is about to be sent. */
  Entry sent() {
    Entry entry = new Entry();
    entries.add(entry);
    return entry;
  }

  /** All that earlier owners left is settled; it lies before this offset. */
  void recovered(long next) {
    mark = Math.max(mark, next);
    recovered = true;
  }

  /** Whether a group at this offset is sure not to be cut off before it is settled. */
  boolean keeps(long offset) {
    return offset >= mark;
  }

  /**
   * The first offset that has to be kept; 0 where everything has, as before recovery. It never goes
   * back. Whoever cuts there must know by a read begun after this call that it is still the owner:
   * then no later owner's group can lie before it.
   */
  long firstKept() {
    return recovered ? mark : 0;
  }

  private void pass() {
    while (!entries.isEmpty() && entries.peek().answered && entries.peek().settled) {
      mark = Math.max(mark, entries.poll().offset + 1);
    }
  }
}
