package chat.parley.gateway;

import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All sockets of one gateway, by user and on a wheel: each tick looks at one of its slots, so that
 * no socket needs a timer and no tick looks at all.
 */
final class Connections {
  private final Map<UserId, List<Connection>> byUser = new HashMap<>();
  private final List<Set<Connection>> wheel = new ArrayList<>();
  private final Map<Connection, Integer> slots = new HashMap<>();
  private int nextSlot;
  private volatile int size;

  /** {@code slots} ticks are one turn of the wheel. */
  Connections(int slots) {
    for (int i = 0; i < slots; i++) {
      wheel.add(new LinkedHashSet<>());
    }
  }

  void add(Connection connection) {
    nextSlot = (nextSlot + 1) % wheel.size();
    wheel.get(nextSlot).add(connection);
    slots.put(connection, nextSlot);
    size = slots.size();
  }

  /** The connection now speaks for its principal. */
  void bind(Connection connection) {
    byUser
        .computeIfAbsent(connection.principal().userId(), any -> new ArrayList<>(1))
        .add(connection);
  }

  void remove(Connection connection) {
    Integer slot = slots.remove(connection);
    size = slots.size();
    if (slot != null) {
      wheel.get(slot).remove(connection);
    }
    if (connection.principal() != null) {
      byUser.computeIfPresent(
          connection.principal().userId(),
          (user, own) -> {
            own.remove(connection);
            return own.isEmpty() ? null : own;
          });
    }
  }

  /** The user's connections here; a copy, since delivering may close one. */
  List<Connection> of(UserId user) {
    List<Connection> own = byUser.get(user);
    return own == null ? List.of() : List.copyOf(own);
  }

  /** The connections of one slot of the wheel. */
  List<Connection> slot(long tick) {
    return List.copyOf(wheel.get((int) (tick % wheel.size())));
  }

  Collection<Connection> all() {
    return List.copyOf(slots.keySet());
  }

  /** May be read on any thread. */
  int size() {
    return size;
  }
}
