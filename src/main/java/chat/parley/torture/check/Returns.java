package chat.parley.torture.check;

import chat.parley.torture.check.Stints.Stint;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * From when on somebody who had gone may have been there again. The log's joins have numbers and no
 * time; but each was made by an attempt to bring somebody in, no two by the same, and none before
 * its attempt. So when the n-th of a user's joins was made, n attempts had begun.
 */
final class Returns {
  private static final String ADD = "add";

  private record Who(String conversation, String user) {}

  private final Map<Who, List<Long>> attempts = new HashMap<>();

  void take(Event event) {
    if (event.phase() == Phase.INVOKE && ADD.equals(event.note())) {
      attempts
          .computeIfAbsent(
              new Who(event.conversation(), event.subject()), any -> new ArrayList<>(2))
          .add(event.nanos());
    }
  }

  /**
   * Whether a join after the number {@code since} may have been made by this time. One of which
   * nothing says when it was asked for may have been.
   *
   * @param stints of the conversation, or null
   */
  boolean mayBeBack(Stints stints, String conversation, String user, long since, long nanos) {
    if (stints == null) {
      return false;
    }
    List<Long> asked = attempts.getOrDefault(new Who(conversation, user), List.of());
    int brought = 0;
    for (Stint stint : stints.of(user)) {
      brought += stint.isFirst() ? 0 : 1;
      boolean dated = !stint.isFirst() && brought <= asked.size();
      if (stint.joined() > since && (!dated || asked.get(brought - 1) <= nanos)) {
        return true;
      }
    }
    return false;
  }
}
