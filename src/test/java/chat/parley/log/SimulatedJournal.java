package chat.parley.log;

import java.util.ArrayList;
import java.util.List;

/** The journal's lane of a schedule: an ordered list of groups that has lost its front. */
final class SimulatedJournal {
  private final List<Group> groups = new ArrayList<>();
  private long start;

  /** Answers the group's offset. */
  long append(Group group) {
    groups.add(group);
    return groups.size() - 1L;
  }

  long next() {
    return groups.size();
  }

  void cut(long firstKept) {
    start = Math.max(start, firstKept);
  }

  boolean isCutTo(long firstKept) {
    return start >= firstKept;
  }

  /** What a read to the present end brings. */
  JournalTail tail() {
    return new JournalTail(
        groups.subList((int) start, groups.size()).stream()
            .flatMap(group -> group.rows().stream())
            .toList());
  }
}
