package chat.parley.registry;

import com.hazelcast.map.EntryProcessor;
import java.util.List;
import java.util.Map;

/**
 * Every change of a user's entry in the map of devices. Each runs at the entry's owner and its
 * backup, so that two nodes that change one user's entry at once do not undo each other. It brings
 * the time along ({@link HazelcastClusterView#now}): an entry goes from owner to owner, and their
 * own clocks may differ by anything.
 */
final class DeviceEdits {
  private DeviceEdits() {}

  /** Adds a session of a node. */
  record Add(String node, String device, String session, long now)
      implements EntryProcessor<String, UserSessions, Boolean> {
    @Override
    public Boolean process(Map.Entry<String, UserSessions> entry) {
      store(entry, before(entry).with(node, device, session, now));
      return true;
    }
  }

  /** Takes a session away. */
  record Remove(String node, String device, String session)
      implements EntryProcessor<String, UserSessions, Boolean> {
    @Override
    public Boolean process(Map.Entry<String, UserSessions> entry) {
      store(entry, before(entry).without(node, device, session));
      return true;
    }
  }

  /**
   * Makes the node's sessions exactly these; the two lists run in parallel. Answers whether one of
   * them was lacking.
   */
  record Replace(String node, List<String> devices, List<String> sessions, long now)
      implements EntryProcessor<String, UserSessions, Boolean> {
    @Override
    public Boolean process(Map.Entry<String, UserSessions> entry) {
      UserSessions before = before(entry);
      UserSessions next = before.withoutNodes(List.of(node));
      boolean lacked = false;
      for (int i = 0; i < devices.size(); i++) {
        lacked |= !before.has(node, devices.get(i), sessions.get(i));
        next = next.with(node, devices.get(i), sessions.get(i), now);
      }
      store(entry, next);
      return lacked;
    }
  }

  /** Says that a node still holds its sessions; answers how many the entry has of it. */
  record Refresh(String node, long now, long ttlMs)
      implements EntryProcessor<String, UserSessions, Integer> {
    @Override
    public Integer process(Map.Entry<String, UserSessions> entry) {
      UserSessions next = before(entry).refresh(node, now, ttlMs);
      store(entry, next);
      return next.countOf(node);
    }
  }

  /** Takes away all that nodes held which have left. */
  record Sweep(List<String> nodes) implements EntryProcessor<String, UserSessions, Boolean> {
    @Override
    public Boolean process(Map.Entry<String, UserSessions> entry) {
      UserSessions before = before(entry);
      UserSessions after = before.withoutNodes(nodes);
      if (after.sessions().size() == before.sessions().size()) {
        return null;
      }
      store(entry, after);
      return true;
    }
  }

  private static UserSessions before(Map.Entry<String, UserSessions> entry) {
    return entry.getValue() == null ? UserSessions.NONE : entry.getValue();
  }

  private static void store(Map.Entry<String, UserSessions> entry, UserSessions next) {
    if (!next.isEmpty()) {
      entry.setValue(next);
    } else if (entry.getValue() != null) {
      entry.setValue(null);
    }
  }
}
