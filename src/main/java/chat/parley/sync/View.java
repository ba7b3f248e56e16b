package chat.parley.sync;

import chat.parley.conversation.Standing.Range;
import chat.parley.model.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * What one user is shown of one conversation: ranges of numbers up to the head. The head must have
 * been asked for before the stints and the settings that the ranges follow from were read: then no
 * removal up to it can be missing among them.
 *
 * @param ranges ascending, without overlaps
 * @param isMember whether the conversation goes on with the user
 */
record View(Position head, List<Range> ranges, boolean isMember) {
  /** The last number shown; 0 where there is none. */
  long last() {
    return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).to();
  }

  /** Whether the number is shown. */
  boolean covers(long changeSeq) {
    return ranges.stream().anyMatch(range -> range.holds(changeSeq));
  }

  /** Numbers shown above {@code after}, ascending. */
  List<Range> above(long after) {
    return ranges.stream()
        .filter(range -> range.to() > after)
        .map(range -> new Range(Math.max(range.from(), after + 1), range.to()))
        .toList();
  }

  /** Numbers shown below {@code before}, the range with the highest numbers first. */
  List<Range> below(long before) {
    List<Range> reversed = new ArrayList<>();
    for (Range range : ranges) {
      if (range.from() < before) {
        reversed.add(0, new Range(range.from(), Math.min(range.to(), before - 1)));
      }
    }
    return reversed;
  }
}
