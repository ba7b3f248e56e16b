package chat.parley.log;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the beats in the store say of the other nodes, and what they say together with who is in the
 * cluster. All times are on this node's monotonic clock: a beat says that it has changed, never
 * when. Pure: no I/O, no clock.
 *
 * <p>An owner is written {@code lineage/node}.
 */
final class PeerBeats {
  private static final int MISSED_BEATS = 3;

  private record Seen(long beat, long changedMs) {}

  private final long patienceMs;
  private final Map<String, Seen> beats = new HashMap<>();
  private final Map<String, Long> outsideSince = new HashMap<>();

  PeerBeats(long beatMs) {
    this.patienceMs = MISSED_BEATS * beatMs;
  }

  /** Takes what the store says now. */
  void look(Map<String, Long> now, Set<String> members, long nowMs) {
    now.forEach(
        (owner, beat) -> {
          Seen before = beats.get(owner);
          if (before == null || before.beat != beat) {
            beats.put(owner, new Seen(beat, nowMs));
          }
        });
    beats.keySet().retainAll(now.keySet());
    outsideSince.keySet().retainAll(now.keySet());
    for (String owner : now.keySet()) {
      if (members.contains(nodeOf(owner))) {
        outsideSince.remove(owner);
      } else {
        outsideSince.putIfAbsent(owner, nowMs);
      }
    }
  }

  /** Whether three beats of the owner are missing, or all of them. */
  boolean isSilent(String owner, long nowMs) {
    Seen seen = beats.get(owner);
    return seen == null || nowMs - seen.changedMs >= patienceMs;
  }

  /**
   * Whether the node has ever beaten. It is a member of the cluster long before it can hold a
   * shard.
   */
  boolean hasBegun(String node) {
    return beats.keySet().stream().anyMatch(owner -> nodeOf(owner).equals(node));
  }

  /**
   * Nodes that live, by their beats, and have not been in this node's cluster for three beats: the
   * cluster is split. One that has died stops beating when it leaves, so it is not among them.
   */
  Set<String> apart(long nowMs) {
    Set<String> apart = new HashSet<>();
    outsideSince.forEach(
        (owner, since) -> {
          if (!isSilent(owner, nowMs) && beats.get(owner).changedMs - since >= patienceMs) {
            apart.add(nodeOf(owner));
          }
        });
    return apart;
  }

  /**
   * Whether these members are the smaller part of a split cluster; of two equal parts it is the one
   * without the first node by name.
   */
  boolean isMinority(Set<String> members, long nowMs) {
    Set<String> apart = apart(nowMs);
    if (apart.isEmpty() || members.size() > apart.size()) {
      return false;
    }
    return members.size() < apart.size()
        || Collections.min(apart).compareTo(Collections.min(members)) < 0;
  }

  private static String nodeOf(String owner) {
    return owner.substring(owner.lastIndexOf('/') + 1);
  }
}
