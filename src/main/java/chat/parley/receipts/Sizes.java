package chat.parley.receipts;

import chat.parley.model.ConversationId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which conversations are large, as their owners said at most a minute ago. It only decides how
 * receipts are gathered: a conversation that is taken for what it was costs some writes more or
 * some seconds, and nothing else.
 */
public final class Sizes {
  private static final Duration EXPIRY = Duration.ofMinutes(1);
  private static final int MAX_CONVERSATIONS = 100_000;

  /** While a shard moves its receipts must not hold up those of others. */
  private static final long ANSWER_MS = 1_000;

  private final HeadsSoon owners;
  private final Cache<ConversationId, Boolean> lately;

  /** What each was when somebody last said so. */
  private final Cache<ConversationId, Boolean> ever =
      Caffeine.newBuilder().maximumSize(MAX_CONVERSATIONS).build();

  /** {@code owners} answer for each that they can answer for. */
  public Sizes(HeadsSoon owners, InstantSource clock) {
    this.owners = owners;
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.lately =
        Caffeine.newBuilder()
            .maximumSize(MAX_CONVERSATIONS)
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /**
   * The large ones of these. One whose owner cannot be asked now counts as what it was, and as
   * small where that is not known.
   */
  Future<Set<ConversationId>> largeOf(Set<ConversationId> conversations) {
    // One look: what is known may end while the others are asked about.
    Map<ConversationId, Boolean> known = new HashMap<>(lately.getAllPresent(conversations));
    Set<ConversationId> unknown = new HashSet<>(conversations);
    unknown.removeAll(known.keySet());
    if (unknown.isEmpty()) {
      return Future.succeededFuture(largeOf(conversations, known));
    }
    return owners
        .of(unknown, ANSWER_MS)
        .map(
            found -> {
              known.putAll(ever.getAllPresent(unknown));
              found.forEach((id, head) -> known.put(id, head.large()));
              found.forEach((id, head) -> lately.put(id, head.large()));
              found.forEach((id, head) -> ever.put(id, head.large()));
              return largeOf(conversations, known);
            });
  }

  private static Set<ConversationId> largeOf(
      Set<ConversationId> conversations, Map<ConversationId, Boolean> known) {
    Set<ConversationId> large = new HashSet<>(conversations);
    large.removeIf(id -> !Boolean.TRUE.equals(known.get(id)));
    return large;
  }
}
