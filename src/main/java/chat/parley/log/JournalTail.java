package chat.parley.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the journal holds of one conversation, and how it is read together with the store: as one
 * more place where a group's rows may lie. To the {@link Sequencer} a row is a row, wherever it was
 * found; of two places that hold the same row one is enough.
 */
record JournalTail(List<LogRow> rows) {
  static final JournalTail EMPTY = new JournalTail(List.of());

  private record Place(long changeSeq, long epoch) {}

  private static final Comparator<Place> ASCENDING =
      Comparator.comparingLong(Place::changeSeq)
          .thenComparing(Comparator.comparingLong(Place::epoch).reversed());

  JournalTail {
    rows = List.copyOf(rows);
  }

  /**
   * A page of the store's tail with the journal's rows of the same stretch. Where the page is cut
   * nothing is added past its last number, of which the store may have more.
   */
  List<LogRow> with(List<LogRow> page, int bucket, long from, boolean cut) {
    long to = cut ? page.get(page.size() - 1).changeSeq() : Long.MAX_VALUE;
    Map<Place, LogRow> all = new TreeMap<>(ASCENDING);
    for (LogRow row : rows) {
      if (row.bucket() == bucket && row.changeSeq() >= from && row.changeSeq() <= to) {
        all.put(placeOf(row), row);
      }
    }
    if (all.isEmpty()) {
      return page;
    }
    page.forEach(row -> all.put(placeOf(row), row));
    return new ArrayList<>(all.values());
  }

  private static Place placeOf(LogRow row) {
    return new Place(row.changeSeq(), row.epoch());
  }
}
