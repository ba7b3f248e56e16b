package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.Position;
import java.util.List;

/**
 * Changes that are written by one atomic mutation: all rows of one bucket, one epoch, dense
 * numbers. Never empty.
 */
record Group(List<LogRow> rows) {
  Group {
    rows = List.copyOf(rows);
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("a group has at least one row");
    }
  }

  int bucket() {
    return rows.get(0).bucket();
  }

  long epoch() {
    return rows.get(0).epoch();
  }

  long first() {
    return rows.get(0).changeSeq();
  }

  boolean closesBucket() {
    return rows.get(0).closesBucket();
  }

  /** The position of the last row. */
  Position end() {
    Change last = rows.get(rows.size() - 1).change();
    return new Position(last.changeSeq(), last.seq());
  }

  List<Change> changes() {
    return rows.stream().map(LogRow::change).toList();
  }

  long bytes() {
    long sum = 0;
    for (LogRow row : rows) {
      sum += row.change().payload().length;
    }
    return sum;
  }

  /** The same group, bounds and content, under another epoch. */
  Group under(long otherEpoch) {
    return new Group(rows.stream().map(row -> row.under(otherEpoch)).toList());
  }
}
