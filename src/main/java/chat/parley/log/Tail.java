package chat.parley.log;

import java.util.List;
import java.util.Optional;

/**
 * What one quorum read brought of a conversation's tail: rows of all epochs by ascending number. It
 * finds whole groups; fragments, as read repair of an older version or a lost race could leave
 * them, were never committed and do not count.
 */
final class Tail {
  private final List<LogRow> rows;
  private final boolean cut;
  private int cursor;

  /** {@code cut}: the read stopped at its limit. */
  Tail(List<LogRow> rows, boolean cut) {
    this.rows = rows;
    this.cut = cut;
  }

  /** Whether the page ends before everything that could start at this number is on it. */
  boolean isCutAt(long first) {
    if (!cut || rows.isEmpty()) {
      return cut;
    }
    long lastWhole = rows.get(rows.size() - 1).changeSeq() - 1;
    if (first > lastWhole) {
      return true;
    }
    seek(first);
    for (int i = cursor; i < rows.size() && rows.get(i).changeSeq() == first; i++) {
      LogRow start = rows.get(i);
      if (start.groupFirst() == first && first + start.groupLength() - 1 > lastWhole) {
        return true;
      }
    }
    return false;
  }

  /**
   * The complete group of the highest epoch that starts at this number. Ask for ascending numbers.
   * Empty where there is none, or where {@link #isCutAt} keeps it from being known.
   */
  Optional<Group> bestGroupAt(long first) {
    if (isCutAt(first)) {
      return Optional.empty();
    }
    seek(first);
    Group best = null;
    for (int i = cursor; i < rows.size() && rows.get(i).changeSeq() == first; i++) {
      LogRow start = rows.get(i);
      if (start.groupFirst() == first && (best == null || start.epoch() > best.epoch())) {
        Group candidate = complete(start);
        best = candidate == null ? best : candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  private Group complete(LogRow start) {
    LogRow[] found = new LogRow[start.groupLength()];
    int count = 0;
    long end = start.groupFirst() + start.groupLength();
    for (int i = cursor; i < rows.size() && rows.get(i).changeSeq() < end; i++) {
      LogRow row = rows.get(i);
      if (row.epoch() == start.epoch() && row.groupFirst() == start.groupFirst()) {
        int index = (int) (row.changeSeq() - start.groupFirst());
        count += found[index] == null ? 1 : 0;
        found[index] = row;
      }
    }
    return count == found.length ? new Group(List.of(found)) : null;
  }

  private void seek(long first) {
    while (cursor < rows.size() && rows.get(cursor).changeSeq() < first) {
      cursor++;
    }
  }
}
