package chat.parley.receipts;

import chat.parley.model.ConversationId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

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

  private final Function<Collection<ConversationId>, Future<Map<ConversationId, Boolean>>> owners;
  private final Cache<ConversationId, Boolean> cache;

  /** {@code owners} answers for each: {@code ShardRouter::sizedHeads}. */
  public Sizes(
      Function<Collection<ConversationId>, Future<Map<ConversationId, Boolean>>> owners,
      Clock clock) {
    this.owners = owners;
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(MAX_CONVERSATIONS)
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /** The large ones of these. One whose owner cannot be asked now counts as small. */
  Future<Set<ConversationId>> largeOf(Set<ConversationId> conversations) {
    // One look: what is known may end while the others are asked about.
    Map<ConversationId, Boolean> known = Map.copyOf(cache.getAllPresent(conversations));
    Set<ConversationId> unknown = new HashSet<>(conversations);
    unknown.removeAll(known.keySet());
    Future<Map<ConversationId, Boolean>> asked =
        unknown.isEmpty() ? Future.succeededFuture(Map.of()) : owners.apply(unknown);
    return asked
        .timeout(ANSWER_MS, TimeUnit.MILLISECONDS)
        .onSuccess(cache::putAll)
        .otherwise(Map.of())
        .map(
            found -> {
              Set<ConversationId> large = new HashSet<>(conversations);
              large.removeIf(id -> !Boolean.TRUE.equals(found.getOrDefault(id, known.get(id))));
              return large;
            });
  }
}
