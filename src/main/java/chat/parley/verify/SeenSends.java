package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers where the sends of a conversation's last week were, so that one at two numbers is
 * found. What lies further back than {@link #PROMISED} may legally be stored again. Holds at most
 * two million sends: among more in two weeks, only doubles nearer than a million sends are found.
 */
final class SeenSends {
  /** For so long one clientMsgId is one message. */
  static final Duration PROMISED = Duration.ofDays(7);

  private static final int MOST = 1_000_000;

  private record Seen(long number, long at) {}

  private Map<Long, Seen> older = new HashMap<>();
  private Map<Long, Seen> newer = new HashMap<>();
  private long newerSince = Long.MIN_VALUE;

  /** Remembers the send; answers at which number the same was before, if it was. */
  Optional<Long> add(long key, ChangeRow row) {
    long at = row.committedAt();
    if (newer.isEmpty() || at - newerSince > PROMISED.toMillis() || newer.size() >= MOST) {
      older = newer;
      newer = new HashMap<>();
      newerSince = at;
    }
    Seen before = newer.containsKey(key) ? newer.get(key) : older.get(key);
    newer.put(key, new Seen(row.changeSeq(), at));
    return before == null || Math.abs(at - before.at()) > PROMISED.toMillis()
        ? Optional.empty()
        : Optional.of(before.number());
  }
}
