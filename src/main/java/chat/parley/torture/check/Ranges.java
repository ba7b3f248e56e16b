package chat.parley.torture.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Sets of numbers as people read them. */
final class Ranges {
  private static final int MOST = 5;

  private Ranges() {}

  /** For example {@code 3–17, 20, … (412 in all)}. */
  static String of(BitSet numbers) {
    List<String> ranges = new ArrayList<>();
    int from = numbers.nextSetBit(0);
    while (from >= 0 && ranges.size() < MOST) {
      int end = numbers.nextClearBit(from);
      ranges.add(from == end - 1 ? String.valueOf(from) : from + "–" + (end - 1));
      from = numbers.nextSetBit(end);
    }
    String more = from >= 0 ? ", …" : "";
    int count = numbers.cardinality();
    return String.join(", ", ranges) + more + (count > 1 ? " (" + count + " in all)" : "");
  }
}
