package chat.parley.ingest;

import chat.parley.model.UserId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When each sent last, in a conversation where so much must lie between two messages of a member.
 * In memory only: a new owner knows nobody's last message, and lets each send one too soon rather
 * than read the log for it.
 */
final class SlowMode {
  /** The longest ago first. */
  private final Map<UserId, Long> lastSent = new LinkedHashMap<>();

  /** How long the user has to wait, in milliseconds; 0 where they may send. */
  long waitMs(UserId user, int seconds, long now) {
    Long last = lastSent.get(user);
    // A clock that was set back must not silence anybody for longer than the pause.
    return seconds == 0 || last == null || now < last
        ? 0
        : Math.max(0, last + seconds * 1_000L - now);
  }

  /** Notes that the user sends now. Those who have waited long enough are forgotten. */
  void sent(UserId user, int seconds, long now) {
    lastSent.remove(user);
    if (seconds > 0) {
      lastSent.put(user, now);
    }
    Iterator<Long> oldest = lastSent.values().iterator();
    while (oldest.hasNext() && oldest.next() + seconds * 1_000L <= now) {
      oldest.remove();
    }
  }
}
