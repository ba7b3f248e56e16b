package chat.parley.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All connections of one user, on all nodes: the value of the map of devices. Immutable. */
record UserSessions(List<DeviceSession> sessions) {
  static final UserSessions NONE = new UserSessions(List.of());

  UserSessions {
    sessions = List.copyOf(sessions);
  }

  boolean isEmpty() {
    return sessions.isEmpty();
  }

  /** Without those that nobody has refreshed in time. */
  UserSessions at(long now, long ttlMs) {
    return new UserSessions(
        sessions.stream().filter(one -> one.refreshedAt() + ttlMs > now).toList());
  }

  Set<String> nodes() {
    Set<String> nodes = new LinkedHashSet<>();
    for (DeviceSession session : sessions) {
      nodes.add(session.node());
    }
    return nodes;
  }

  Set<String> nodesOfSockets() {
    Set<String> nodes = new LinkedHashSet<>();
    for (DeviceSession session : sessions) {
      if (!session.session().startsWith(DeviceRegistry.CALL)) {
        nodes.add(session.node());
      }
    }
    return nodes;
  }

  int countOf(String node) {
    int count = 0;
    for (DeviceSession session : sessions) {
      if (session.node().equals(node)) {
        count++;
      }
    }
    return count;
  }

  boolean has(String node, String device, String session) {
    return sessions.stream().anyMatch(one -> one.is(node, device, session));
  }

  UserSessions with(String node, String device, String session, long now) {
    List<DeviceSession> next = new ArrayList<>(without(node, device, session).sessions);
    next.add(new DeviceSession(node, device, session, now));
    return new UserSessions(next);
  }

  UserSessions without(String node, String device, String session) {
    return new UserSessions(
        sessions.stream().filter(one -> !one.is(node, device, session)).toList());
  }

  UserSessions withoutNodes(Collection<String> nodes) {
    return new UserSessions(sessions.stream().filter(one -> !nodes.contains(one.node())).toList());
  }

  /** These sessions with those of the node refreshed, and without those that nobody refreshed. */
  UserSessions refresh(String node, long now, long ttlMs) {
    return new UserSessions(
            sessions.stream()
                .map(
                    one ->
                        one.node().equals(node)
                            ? new DeviceSession(node, one.device(), one.session(), now)
                            : one)
                .toList())
        .at(now, ttlMs);
  }
}
