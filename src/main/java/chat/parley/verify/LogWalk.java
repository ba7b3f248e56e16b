package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Goes along one conversation's log as a recovery would, group by group, and says what it meets. Up
 * to the bound everything is committed: there must be a whole group at every place. Beyond it the
 * walk goes on as long as a recovery could, so that its end is at or above the committed head.
 *
 * <p>It holds the rows of one group, or of as much as lies between a fault and the next group.
 */
final class LogWalk {
  /** Longer groups are not believed. */
  private static final int LONGEST = 65_536;

  /** So many rows without the start of a group, and the search for it ends. */
  private static final int MOST_HELD = 10_000;

  private final String conversation;
  private final long bound;
  private final LogEvents events;
  private final Consumer<Finding> findings;
  private final TreeMap<Long, List<ChangeRow>> ahead = new TreeMap<>();
  private int bucket;
  private long next = 1;
  private long lastEpoch = -1;
  private boolean stopped;

  /** {@code bound}: everything up to this number is known to be committed. */
  LogWalk(String conversation, long bound, LogEvents events, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.bound = bound;
    this.events = events;
    this.findings = findings;
  }

  /** The bucket whose rows the walk needs now. */
  int bucket() {
    return bucket;
  }

  /** The number after the last one that was passed. */
  long next() {
    return next;
  }

  /** Whether numbers up to the bound have not been met yet. */
  boolean lacks() {
    return next <= bound;
  }

  /**
   * Takes the rows of {@link #bucket} by ascending number, of one number the highest epoch first.
   */
  void row(ChangeRow row) {
    if (stopped || row.bucket() != bucket || row.changeSeq() < next) {
      return; // A bucket may hold leftovers beyond its end.
    }
    ahead.computeIfAbsent(row.changeSeq(), any -> new ArrayList<>(1)).add(row);
    advance(row.changeSeq() - 1, false);
  }

  /** There are no more rows in the bucket; {@link #bucket} then says where the log goes on. */
  void endOfBucket() {
    advance(Long.MAX_VALUE, true);
  }

  /** The log ends below the bound in this bucket, yet the next bucket has rows. */
  void skipToNextBucket() {
    bucket++;
    ahead.clear();
    events.bucketSkipped(bucket);
  }

  /** {@code known}: all rows up to this number have been shown. */
  private void advance(long known, boolean atEnd) {
    int reading = bucket;
    while (!stopped && bucket == reading && (atEnd || known >= next)) {
      long length = longestAt(next);
      if (!atEnd && next + length - 1 > known) {
        return;
      }
      List<ChangeRow> best = bestGroupAt(next);
      boolean goesOn =
          best != null && (next <= bound || best.get(0).epoch() >= lastEpoch)
              ? take(best)
              : next <= bound && resume(atEnd);
      if (!goesOn) {
        stopped = next > bound;
        return;
      }
    }
  }

  private long longestAt(long first) {
    long longest = 1;
    for (ChangeRow row : ahead.getOrDefault(first, List.of())) {
      if (row.groupFirst() == first && row.groupLength() <= LONGEST) {
        longest = Math.max(longest, row.groupLength());
      }
    }
    return longest;
  }

  private List<ChangeRow> bestGroupAt(long first) {
    for (ChangeRow start : ahead.getOrDefault(first, List.of())) {
      if (start.groupFirst() == first && start.groupLength() >= 1) {
        List<ChangeRow> whole = wholeGroup(start);
        if (whole != null) {
          return whole;
        }
      }
    }
    return null;
  }

  private List<ChangeRow> wholeGroup(ChangeRow start) {
    if (start.groupLength() > LONGEST) {
      return null;
    }
    List<ChangeRow> group = new ArrayList<>(start.groupLength());
    for (long number = start.changeSeq();
        number < start.changeSeq() + start.groupLength();
        number++) {
      ChangeRow part = null;
      for (ChangeRow row : ahead.getOrDefault(number, List.of())) {
        part = isPart(row, start) ? row : part;
      }
      if (part == null) {
        return null;
      }
      group.add(part);
    }
    return group;
  }

  private static boolean isPart(ChangeRow row, ChangeRow start) {
    return row.epoch() == start.epoch()
        && row.groupFirst() == start.groupFirst()
        && row.groupLength() == start.groupLength()
        && row.closesBucket() == start.closesBucket();
  }

  private boolean take(List<ChangeRow> group) {
    for (ChangeRow row : group) {
      ChangeRow shown = ahead.remove(row.changeSeq()).get(0);
      if (row.changeSeq() > bound) {
        events.likely(row);
        continue;
      }
      if (shown.epoch() != row.epoch() && Content.digest(shown) != Content.digest(row)) {
        findings.accept(
            Finding.at(
                Fault.TWO_CONTENTS,
                conversation,
                row.changeSeq(),
                "readers see the row of epoch "
                    + shown.epoch()
                    + ", the whole group there is of epoch "
                    + row.epoch()
                    + " and has another content",
                Look.row(conversation, bucket, row.changeSeq())));
      }
      events.committed(shown);
    }
    ChangeRow last = group.get(group.size() - 1);
    lastEpoch = last.epoch();
    next = last.changeSeq() + 1;
    events.groupEnd(last, last.changeSeq() <= bound);
    if (last.closesBucket()) {
      bucket++;
      ahead.clear();
    }
    return true;
  }

  /** Goes on at the next start of a group; false where it is not known yet. */
  private boolean resume(boolean atEnd) {
    for (Map.Entry<Long, List<ChangeRow>> entry : ahead.tailMap(next, false).entrySet()) {
      if (entry.getValue().stream().anyMatch(row -> row.groupFirst() == entry.getKey())) {
        pass(entry.getKey());
        return true;
      }
    }
    if (!ahead.isEmpty() && (atEnd || ahead.size() > MOST_HELD)) {
      pass(ahead.lastKey() + 1);
      return true;
    }
    return false;
  }

  /** Says what is wrong with the numbers before {@code resumeAt}, and passes them. */
  private void pass(long resumeAt) {
    long from = next;
    boolean hole = false;
    for (long number = from; number < resumeAt && number <= bound; ) {
      List<ChangeRow> rows = ahead.remove(number);
      if (rows != null) {
        events.committed(rows.get(0));
        number++;
        continue;
      }
      Long present = ahead.ceilingKey(number);
      long end = Math.min(bound, Math.min(resumeAt, present == null ? resumeAt : present) - 1);
      hole = true;
      hole(number, end);
      number = end + 1;
    }
    if (!hole) {
      findings.accept(
          Finding.at(
              Fault.GROUP,
              conversation,
              from,
              "no whole group starts here; the next one starts at " + resumeAt,
              Look.rows(conversation, bucket, from, resumeAt - 1)));
      events.unclear(from, resumeAt - 1);
    }
    ahead.headMap(resumeAt).clear();
    next = resumeAt;
  }

  private void hole(long from, long to) {
    String numbers =
        from == to ? "number " + from + " has" : "numbers " + from + " to " + to + " have";
    findings.accept(
        Finding.at(
            Fault.HOLE,
            conversation,
            from,
            numbers + " no row, and the log goes on after that",
            Look.rows(conversation, bucket, Math.max(1, from - 1), to + 1)));
    events.hole(from, to);
    events.unclear(from, to);
  }
}
