package chat.parley.log;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
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

  /** Whoever is in the cluster may be held up for longer: to take from it interrupts it. */
  private static final int MISSED_BY_MEMBER = 6;

  private static final int STEADY_BEATS = 10;

  /** Between two looks; of a longer time this node does not know who has beaten in it. */
  private static final int LOOK_BEATS = 3;

  /** So much longer may others be silent when this node itself comes back to the store. */
  private static final int GRACE_BEATS = 10;

  /**
   * @param changedMs when it was seen to have changed
   * @param unheardMs how long it has not, of the time in which this node looked; below 0 is grace
   */
  private record Seen(long beat, long changedMs, long unheardMs) {}

  private final long beatMs;
  private final long patienceMs;
  private final Map<String, Seen> beats = new HashMap<>();
  private final Map<String, Long> outsideSince = new HashMap<>();
  private final Map<String, Long> unsteadyUntil = new HashMap<>();
  private OptionalLong lookedMs = OptionalLong.empty();

  PeerBeats(long beatMs) {
    this.beatMs = beatMs;
    this.patienceMs = MISSED_BEATS * beatMs;
  }

  /** Takes what the store says now. */
  void look(Map<String, Long> now, Set<String> members, long nowMs) {
    long looked = nowMs - lookedMs.orElse(nowMs);
    lookedMs = OptionalLong.of(nowMs);
    boolean wasAway = looked > LOOK_BEATS * beatMs;
    now.forEach(
        (owner, beat) -> {
          Seen before = beats.get(owner);
          boolean changed = before == null || before.beat != beat;
          Seen seen =
              changed
                  ? new Seen(beat, nowMs, 0)
                  : new Seen(
                      beat,
                      before.changedMs,
                      wasAway ? -GRACE_BEATS * beatMs : before.unheardMs + looked);
          beats.put(owner, seen);
          if (seen.unheardMs >= MISSED_BY_MEMBER * beatMs) {
            unsteadyUntil.put(owner, nowMs + STEADY_BEATS * beatMs);
          }
        });
    beats.keySet().retainAll(now.keySet());
    unsteadyUntil.keySet().retainAll(now.keySet());
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
   * Whether a member of the cluster can hold shards. It is a member long before it has ever beaten;
   * and it stays one while it alone cannot reach the store, or its own work stands still. Then it
   * counts again once it has not been silent for ten beats, so that shards do not go to and fro.
   *
   * <p>This node holds no silence against anybody of the time in which it did not reach the store
   * itself. All come back from an outage at moments of their own, so they get time for it.
   */
  boolean canHold(String node, long nowMs) {
    return beats.keySet().stream()
        .anyMatch(
            owner ->
                nodeOf(owner).equals(node)
                    && unsteadyUntil.getOrDefault(owner, Long.MIN_VALUE) <= nowMs);
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
