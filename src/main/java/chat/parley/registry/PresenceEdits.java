package chat.parley.registry;

import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Every step at a user's entry in the map of presence, each at the entry's owner: two nodes that
 * take one at once do not undo each other, and what is written and what is answered are one step.
 * It brings the time along ({@link HazelcastClusterView#now}): an entry goes from owner to owner,
 * and their own clocks may differ by anything.
 */
final class PresenceEdits {
  /** So many times the time after which who does not beat is gone. */
  private static final int WATCHED_BEATS = 10;

  private PresenceEdits() {}

  /** What a word was news for; {@code gone}: the user is at no node any more. */
  record Told(List<String> gateways, boolean gone) {}

  /** What the node's devices come to; answers null where that was known. */
  record Say(String node, PresenceStatus status, long now, long goneMs)
      implements EntryProcessor<String, UserPresence, Told> {
    @Override
    public Told process(Map.Entry<String, UserPresence> entry) {
      UserPresence before = before(entry, now, goneMs);
      UserPresence after = before.say(node, status, now);
      store(entry, after, goneMs);
      return before.statusAt(node) == status
          ? null
          : new Told(after.gateways(), after.places().isEmpty());
    }
  }

  /** The node watches; answers what is known. */
  record Watch(String node, long now, long goneMs)
      implements EntryProcessor<String, UserPresence, UserPresence> {
    @Override
    public UserPresence process(Map.Entry<String, UserPresence> entry) {
      UserPresence after = before(entry, now, goneMs).watch(node, now);
      store(entry, after, goneMs);
      return after;
    }
  }

  /** Answers what is known, and changes nothing. */
  record Look(long now, long goneMs) implements EntryProcessor<String, UserPresence, UserPresence> {
    @Override
    public UserPresence process(Map.Entry<String, UserPresence> entry) {
      return before(entry, now, goneMs);
    }

    @Override
    public EntryProcessor<String, UserPresence, UserPresence> getBackupProcessor() {
      return null;
    }
  }

  /**
   * What the store has, or, {@code anew}, what it has from now on; answers which gateways watch.
   * Where there is no entry nobody watches, and none is made: who asks after a user, and after many
   * that are not there, leaves nothing behind.
   */
  record Learn(PresenceVisibility visibleTo, long lastSeenAt, boolean anew, long now, long goneMs)
      implements EntryProcessor<String, UserPresence, Told> {
    @Override
    public Told process(Map.Entry<String, UserPresence> entry) {
      UserPresence known = before(entry, now, goneMs);
      if (entry.getValue() != null && (anew || known.visibleTo() == null)) {
        known = known.learn(visibleTo, lastSeenAt, now);
        store(entry, known, goneMs);
      }
      return new Told(known.gateways(), false);
    }
  }

  /** Takes away what nodes said which have left; answers when a user who is nowhere was seen. */
  record Sweep(List<String> nodes) implements EntryProcessor<String, UserPresence, Long> {
    @Override
    public Long process(Map.Entry<String, UserPresence> entry) {
      UserPresence before = entry.getValue();
      UserPresence after = before.withoutNodes(nodes);
      if (after.equals(before)) {
        return null;
      }
      ((ExtendedMapEntry<String, UserPresence>) entry).setValueWithoutChangingExpiryTime(after);
      boolean gone = after.places().isEmpty() && !before.places().isEmpty();
      return gone ? after.lastSeenAt() : null;
    }
  }

  private static UserPresence before(Map.Entry<String, UserPresence> entry, long now, long goneMs) {
    UserPresence stored = entry.getValue();
    return stored == null ? UserPresence.NONE : stored.at(now, goneMs);
  }

  /**
   * The grid ends entries by the clock of whoever owns them, so it ends none that says where
   * somebody is. One that only says who watches is said again with each beat: where it ends early
   * that costs a beat, and where nobody watches any more it must not stay, since anybody may watch
   * users that do not exist.
   */
  private static void store(Map.Entry<String, UserPresence> entry, UserPresence next, long goneMs) {
    long keptMs =
        !next.places().isEmpty()
            ? HazelcastStart.KEPT_MS
            : next.watchers().isEmpty() ? goneMs : WATCHED_BEATS * goneMs;
    ((ExtendedMapEntry<String, UserPresence>) entry).setValue(next, keptMs, TimeUnit.MILLISECONDS);
  }
}
