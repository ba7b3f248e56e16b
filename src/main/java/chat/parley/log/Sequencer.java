package chat.parley.log;

import chat.parley.event.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Orders the changes of one conversation under one epoch: the pure state machine, without I/O,
 * clocks or threads.
 *
 * <p>It promises, whatever is lost, late, repeated or paused around it: what it has committed is
 * never lost, never renumbered and never replaced. The host does what {@link #phase()} asks for and
 * reports the outcome; a report of an unknown outcome does not exist: the host repeats the
 * identical step until it knows, or gives the shard up.
 *
 * <p>Safety comes from the order of steps alone: <b>write</b> the group, then read the shard's
 * epoch (<b>barrier</b>), then acknowledge. If a barrier that began after the group was on a quorum
 * returned this epoch, every later owner reads the tail after that and finds the group. The journal
 * is one more place to write to and to read from, and the same holds for it: see {@link
 * #onJournaled}. Only the last group of a log can be there alone, because the next one is not begun
 * before the store has the one before. Recovery takes whole groups, highest epoch first, and
 * <b>writes the last one again</b> under its own epoch, for the reason of Raft (Ongaro and
 * Ousterhout 2014, section 5.4.2, figure 8): a leftover that was only read could still lose against
 * another leftover later.
 */
final class Sequencer {
  /** What the host has to do next. */
  enum Phase {
    /**
     * Read all rows of bucket {@link #tailBucket} from number {@link #tailFrom} at quorum; {@link
     * #onTail}.
     */
    READ_TAIL,
    /** Write {@link #group} until it is on a quorum; {@link #onWritten}. */
    REWRITE,
    /** Read the shard's epoch at quorum, begun after the write; {@link #onBarrier}. */
    REWRITE_BARRIER,
    /** Redo the side effects of {@link #recovered}; {@link #onSettled}. */
    SETTLE_RECOVERED,
    /** Nothing; {@link #append} when there is something. */
    OPEN,
    /** As {@link #REWRITE}. */
    WRITE,
    /** As {@link #REWRITE_BARRIER}. */
    BARRIER,
    /** Do the side effects of {@link #group}, now committed; {@link #onSettled}. */
    SETTLE,
    /** Nothing ever again: another epoch owns the shard. */
    STEPPED_DOWN
  }

  private static final int FIRST_TAIL_LIMIT = 2_000;

  private final long epoch;
  private final BucketLimits limits;
  private final List<Group> recovered = new ArrayList<>();
  private Phase phase = Phase.READ_TAIL;
  private Checkpoint end;
  private Checkpoint committed;
  private long highestEpochSeen = -1;
  private int tailLimit = FIRST_TAIL_LIMIT;
  private Group group;

  /** Begins recovery after {@code published}, which must be committed. */
  Sequencer(long epoch, Checkpoint published, BucketLimits limits) {
    this.epoch = epoch;
    this.limits = limits;
    this.end = published;
    this.committed = published;
  }

  Phase phase() {
    return phase;
  }

  long epoch() {
    return epoch;
  }

  /** The end of what is committed: settled, safe to show, to publish and to acknowledge. */
  Checkpoint committed() {
    return committed;
  }

  /** The group to write or to settle. */
  Group group() {
    return group;
  }

  /**
   * The groups that recovery found after the checkpoint, in order; committed once the phase is
   * SETTLE_RECOVERED.
   */
  List<Group> recovered() {
    return List.copyOf(recovered);
  }

  int tailBucket() {
    return end.bucket();
  }

  long tailFrom() {
    return end.position().changeSeq() + 1;
  }

  /** How many rows a read of the tail should bring at the least, where there are that many. */
  int tailLimit() {
    return tailLimit;
  }

  /**
   * Rows of the tail, by ascending number. {@code more} says that the read stopped at its limit:
   * rows at and after the last number may be missing.
   */
  void onTail(List<LogRow> rows, boolean more) {
    expect(Phase.READ_TAIL);
    for (LogRow row : rows) {
      if (row.epoch() > epoch) {
        phase = Phase.STEPPED_DOWN;
        return;
      }
    }
    Tail tail = new Tail(rows, more);
    int bucket = tailBucket();
    long from = tailFrom();
    Optional<Group> next = tail.bestGroupAt(from);
    while (next.isPresent() && next.get().epoch() >= highestEpochSeen) {
      take(next.get());
      if (tailBucket() != bucket) {
        return; // The group closed its bucket: the log goes on in the next one.
      }
      next = tail.bestGroupAt(tailFrom());
    }
    if (tail.isCutAt(tailFrom())) {
      tailLimit = tailFrom() == from ? 2 * tailLimit : tailLimit;
      return; // Read on from the first number that the page cannot decide.
    }
    endRecovery();
  }

  /** The group is on a quorum. */
  void onWritten() {
    if (phase == Phase.REWRITE) {
      phase = Phase.REWRITE_BARRIER;
    } else {
      expect(Phase.WRITE);
      phase = Phase.BARRIER;
    }
  }

  /** The shard's epoch, as a quorum read begun after the write saw it. */
  void onBarrier(long epochSeen) {
    if (phase != Phase.REWRITE_BARRIER) {
      expect(Phase.BARRIER);
    }
    if (epochSeen != epoch) {
      phase = Phase.STEPPED_DOWN;
    } else if (phase == Phase.REWRITE_BARRIER) {
      committed = end;
      phase = Phase.SETTLE_RECOVERED;
    } else {
      committed = end;
      phase = Phase.SETTLE;
    }
  }

  /**
   * The shard's epoch, as a quorum read saw it that began after the journal had answered for this
   * group. May come in any phase, also after the group is settled or the shard is lost.
   *
   * @return whether the group may be acknowledged though the store does not have it yet: every
   *     later owner reads the journal after that and finds the group at its numbers
   */
  boolean onJournaled(Group journaled, long epochSeen) {
    if (phase == Phase.STEPPED_DOWN || journaled != group) {
      return false;
    }
    if (epochSeen != epoch) {
      phase = Phase.STEPPED_DOWN;
      return false;
    }
    return true;
  }

  /**
   * The side effects are done: the group may be acknowledged and published, the next one may come.
   */
  void onSettled() {
    if (phase != Phase.SETTLE_RECOVERED) {
      expect(Phase.SETTLE);
    }
    group = null;
    recovered.clear();
    phase = Phase.OPEN;
  }

  /**
   * Another epoch is known to own the shard, or this node gives it up. What is under way was not
   * acknowledged.
   */
  void stepDown() {
    phase = Phase.STEPPED_DOWN;
  }

  /**
   * Makes these changes, numbered on from {@link #committed}, the next group. {@code keys} has null
   * for non-messages.
   */
  void append(List<Change> changes, List<SendKey> keys) {
    expect(Phase.OPEN);
    long first = tailFrom();
    long bytes = 0;
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).changeSeq() != first + i) {
        throw new IllegalArgumentException("changes must go on from the log's end without a gap");
      }
      bytes += changes.get(i).payload().length;
    }
    boolean closes =
        limits.closes(end, changes.size(), bytes, changes.get(changes.size() - 1).committedAt());
    List<LogRow> rows = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      rows.add(
          new LogRow(
              tailBucket(), epoch, first, changes.size(), closes, changes.get(i), keys.get(i)));
    }
    group = new Group(rows);
    end = end.after(group);
    phase = Phase.WRITE;
  }

  private void take(Group found) {
    recovered.add(found);
    highestEpochSeen = Math.max(highestEpochSeen, found.epoch());
    end = end.after(found);
  }

  private void endRecovery() {
    if (recovered.isEmpty()) {
      phase = Phase.OPEN;
      return;
    }
    group = recovered.get(recovered.size() - 1).under(epoch);
    phase = Phase.REWRITE;
  }

  private void expect(Phase expected) {
    if (phase != expected) {
      throw new IllegalStateException(
          "expected " + expected + ", but the sequencer is in " + phase);
    }
  }
}
