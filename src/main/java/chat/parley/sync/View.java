package chat.parley.sync;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.conversation.Stint;
import chat.parley.model.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * What one user may see of one conversation: the numbers of their stints, up to the head. The head
 * must have been asked for before the stints were read: then no removal up to it can be missing
 * among them.
 */
final class View {
  /** Numbers {@code from} to {@code to}, both included. */
  record Range(long from, long to) {}

  private final Position head;
  private final List<Stint> stints;
  private final List<Range> ranges = new ArrayList<>();

  View(Position head, List<Stint> stints) {
    if (stints.isEmpty()) {
      // The same answer as for a conversation that is not there.
      throw new FailureException(Failure.NOT_FOUND, "no such conversation");
    }
    this.head = head;
    this.stints = stints;
    for (Stint stint : stints) {
      long from = Math.max(1, stint.joinedChangeSeq());
      long to = Math.min(head.changeSeq(), stint.leftChangeSeq());
      if (from <= to) {
        ranges.add(new Range(from, to));
      }
    }
  }

  Position head() {
    return head;
  }

  boolean isMember() {
    return stints.get(stints.size() - 1).lasts();
  }

  /** The last visible number; 0 where there is none. */
  long last() {
    return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).to();
  }

  boolean covers(long changeSeq) {
    return ranges.stream().anyMatch(range -> range.from() <= changeSeq && changeSeq <= range.to());
  }

  /** Visible numbers above {@code after}, ascending. */
  List<Range> above(long after) {
    return ranges.stream()
        .filter(range -> range.to() > after)
        .map(range -> new Range(Math.max(range.from(), after + 1), range.to()))
        .toList();
  }

  /** Visible numbers below {@code before}, the range with the highest numbers first. */
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
