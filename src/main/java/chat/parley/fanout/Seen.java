package chat.parley.fanout;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which changes have gone out, by number: the stream repeats after a crash, and a relay that sends
 * again after a failure may put a number behind its successor. Such a late first one must still go
 * out, so holes are remembered. Bounded: what is forgotten goes out once more.
 */
final class Seen {
  /** Holes remembered of one conversation; a wider jump is a new beginning. */
  private static final int MAX_HOLES = 1_000;

  private static final class Numbers {
    private final long first;
    private long last;
    private final Set<Long> holes = new HashSet<>(0);

    Numbers(long first) {
      this.first = first;
      this.last = first;
    }

    boolean has(long number) {
      return first <= number && number <= last && !holes.contains(number);
    }

    void add(long number) {
      for (long hole = last + 1; hole < number; hole++) {
        holes.add(hole);
      }
      holes.remove(number);
      last = Math.max(last, number);
    }
  }

  private record Number(ConversationId conversation, long changeSeq) {}

  private final Cache<ConversationId, Numbers> conversations;

  Seen(int maxConversations) {
    this.conversations = Caffeine.newBuilder().maximumSize(maxConversations).build();
  }

  /** Whatever is remembered of this number, it goes out when it comes: somebody asked for it. */
  void forget(Change change) {
    Numbers numbers = conversations.getIfPresent(change.conversationId());
    if (numbers != null && numbers.has(change.changeSeq())) {
      numbers.holes.add(change.changeSeq());
    }
  }

  /** The changes that have not gone out, each once, in their order. */
  List<Change> unseen(List<Change> changes) {
    List<Change> fresh = new ArrayList<>(changes.size());
    Set<Number> here = new HashSet<>(2 * changes.size());
    for (Change change : changes) {
      Numbers numbers = conversations.getIfPresent(change.conversationId());
      if ((numbers == null || !numbers.has(change.changeSeq()))
          && here.add(new Number(change.conversationId(), change.changeSeq()))) {
        fresh.add(change);
      }
    }
    return fresh;
  }

  /** Notes that these have gone out. */
  void add(List<Change> changes) {
    for (Change change : changes) {
      long number = change.changeSeq();
      Numbers numbers = conversations.getIfPresent(change.conversationId());
      if (numbers == null || number - numbers.last > MAX_HOLES) {
        conversations.put(change.conversationId(), new Numbers(number));
      } else if (number >= numbers.first) {
        numbers.add(number);
      }
    }
  }
}
