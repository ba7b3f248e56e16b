package chat.parley.gateway;

import chat.parley.model.ConversationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one socket has said about its typing: where it types, and how often it said so. */
final class Talk {
  /** A word within that long after the last one says nothing that is not known. */
  static final long REPEAT_MS = 2_000;

  /** Nobody types in more conversations at once. */
  static final int MOST_AT_ONCE = 4;

  /** Words in {@link #WINDOW_MS}. */
  static final int MOST_WORDS = 20;

  static final long WINDOW_MS = 10_000;

  private final Map<ConversationId, Long> saidAt = new HashMap<>(2);
  private long windowAt;
  private int words;

  /** Whether this word is one too many. */
  boolean isTooMuch(long now) {
    if (now - windowAt >= WINDOW_MS) {
      windowAt = now;
      words = 0;
    }
    return ++words > MOST_WORDS;
  }

  /** Whether that it types there was said a moment ago. */
  boolean isKnown(ConversationId conversation, long now) {
    Long at = saidAt.get(conversation);
    return at != null && now - at < REPEAT_MS;
  }

  boolean mayBegin(ConversationId conversation) {
    return saidAt.containsKey(conversation) || saidAt.size() < MOST_AT_ONCE;
  }

  void begin(ConversationId conversation, long now) {
    saidAt.put(conversation, now);
  }

  /** It types there no more; false where it was not known to. */
  boolean end(ConversationId conversation) {
    return saidAt.remove(conversation) != null;
  }

  /** The conversations in which its time is over. */
  List<ConversationId> expired(long now) {
    List<ConversationId> over = new ArrayList<>(0);
    saidAt.forEach(
        (conversation, at) -> {
          if (now - at >= Typists.LIVES_MS) {
            over.add(conversation);
          }
        });
    return over;
  }

  /** Everywhere where it types. */
  List<ConversationId> everywhere() {
    return List.copyOf(saidAt.keySet());
  }

  /** Whether nothing is left to remember. */
  boolean isOver(long now) {
    return saidAt.isEmpty() && now - windowAt >= WINDOW_MS;
  }
}
