package chat.parley.gateway;

import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.util.HashMap;
import java.util.Map;

/** Who types in which conversation, each for five seconds, and no more than a few in one. */
final class Typists {
  /** How long a word that somebody types holds. */
  static final long LIVES_MS = 5_000;

  /** Nobody reads more names. */
  static final int MOST = 8;

  private final Map<ConversationId, Map<UserId, Long>> until = new HashMap<>();

  /** The user types; false where enough others do. */
  boolean begin(ConversationId conversation, UserId user, long now) {
    Map<UserId, Long> here = until.computeIfAbsent(conversation, any -> new HashMap<>(2));
    here.values().removeIf(end -> end <= now);
    if (here.size() >= MOST && !here.containsKey(user)) {
      return false;
    }
    here.put(user, now + LIVES_MS);
    return true;
  }

  /** The user types no more. */
  void end(ConversationId conversation, UserId user) {
    until.computeIfPresent(
        conversation,
        (any, here) -> {
          here.remove(user);
          return here.isEmpty() ? null : here;
        });
  }

  /** Forgets whose time is over. */
  void expire(long now) {
    until
        .values()
        .removeIf(
            here -> {
              here.values().removeIf(end -> end <= now);
              return here.isEmpty();
            });
  }

  /** Conversations in which somebody types. */
  int size() {
    return until.size();
  }
}
