package chat.parley.receipts;

import chat.parley.conversation.Conversations;
import chat.parley.conversation.Standing;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;

/**
 * Where users stand in conversations, as old as a few seconds; read one by one, so that nothing
 * grows with the size of a channel. Who is not there is looked up anew (at most once a second), so
 * that someone who has just joined is known; someone who has just left may move their own cursors
 * for these few seconds, which nobody else is shown beyond what they were told anyway.
 */
final class KnownMembers {
  private static final Duration EXPIRY = Duration.ofSeconds(10);
  private static final long MIN_AGE_MS = 1_000;
  private static final int MAX_KNOWN = 200_000;

  private record Key(ConversationId conversation, UserId user) {}

  private record Known(Standing standing, long loadedAt) {}

  private final Conversations conversations;
  private final Clock clock;
  private final Cache<Key, Known> cache;

  KnownMembers(Conversations conversations, Clock clock) {
    this.conversations = conversations;
    this.clock = clock;
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(MAX_KNOWN)
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /** Where the user stands. */
  Future<Standing> standing(ConversationId conversation, UserId user) {
    Key key = new Key(conversation, user);
    Known known = cache.getIfPresent(key);
    if (known != null
        && (known.standing().current().isPresent()
            || clock.millis() - known.loadedAt() < MIN_AGE_MS)) {
      return Future.succeededFuture(known.standing());
    }
    return conversations
        .stints(conversation, user)
        .map(Standing::new)
        .onSuccess(standing -> cache.put(key, new Known(standing, clock.millis())));
  }
}
