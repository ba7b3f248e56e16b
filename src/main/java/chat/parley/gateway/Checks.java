package chat.parley.gateway;

import chat.parley.model.UserId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Viewers of whom it is to be looked at whether they may still see some users; one entry each. */
final class Checks {
  /**
   * One viewer's.
   *
   * @param users each with whether it is known that something has changed: then the viewer must not
   *     see the user unless it is known that they may. Else this is a routine
   */
  record Check(Viewer viewer, Map<UserId, Boolean> users) {
    List<UserId> strict() {
      return users.keySet().stream().filter(users::get).toList();
    }
  }

  private final Map<Viewer, Map<UserId, Boolean>> all = new LinkedHashMap<>();

  void add(Viewer viewer, UserId user, boolean strict) {
    all.computeIfAbsent(viewer, any -> new HashMap<>()).merge(user, strict, Boolean::logicalOr);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Takes the one that waits longest. */
  Check poll() {
    Iterator<Map.Entry<Viewer, Map<UserId, Boolean>>> first = all.entrySet().iterator();
    Map.Entry<Viewer, Map<UserId, Boolean>> next = first.next();
    first.remove();
    return new Check(next.getKey(), next.getValue());
  }

  /** Moves everything there. */
  void moveTo(Checks other) {
    all.forEach(
        (viewer, users) -> users.forEach((user, strict) -> other.add(viewer, user, strict)));
    all.clear();
  }
}
