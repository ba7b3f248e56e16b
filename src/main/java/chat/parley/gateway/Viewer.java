package chat.parley.gateway;

import chat.parley.model.UserId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A socket that watches users, and what it is yet to be told of them. */
final class Viewer {
  private final Connection connection;
  private final Map<UserId, Watched> watched = new HashMap<>();

  /** However often a user changes before it is told, it is told once. */
  private final Set<Watched> owed = new LinkedHashSet<>();

  /** The list that came while the one before was being looked at; only the last one counts. */
  private ClientFrame.Watch next;

  private final FreshBudget budget;
  private boolean asking;
  private long checkedAt;

  Viewer(Connection connection, long now) {
    this.connection = connection;
    this.checkedAt = now;
    this.budget = new FreshBudget(now);
  }

  Connection connection() {
    return connection;
  }

  UserId userId() {
    return connection.principal().userId();
  }

  Map<UserId, Watched> watched() {
    return watched;
  }

  Set<Watched> owed() {
    return owed;
  }

  /** Bounds how many users it begins to watch. */
  FreshBudget budget() {
    return budget;
  }

  /** Begins to look at a list; false where one is being looked at: then this one is next. */
  boolean begin(ClientFrame.Watch list) {
    if (asking) {
      next = list;
      return false;
    }
    asking = true;
    return true;
  }

  /** Has looked at it; the list that is next, or null. */
  ClientFrame.Watch end() {
    asking = false;
    ClientFrame.Watch list = next;
    next = null;
    return list;
  }

  /** Whether it is that long since it was checked whom this viewer may see; then it is now. */
  boolean isDueForCheck(long now, long everyMs) {
    boolean due = now - checkedAt >= everyMs;
    if (due) {
      checkedAt = now;
    }
    return due;
  }
}
