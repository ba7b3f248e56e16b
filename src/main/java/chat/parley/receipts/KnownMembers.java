package chat.parley.receipts;

import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;

/**
 * Members of conversations, as old as a few seconds. A user who is not among them is looked up anew
 * (at most once a second for a conversation), so that someone who has just joined is known; someone
 * who has just left may move their own cursors for these few seconds, which nobody else is shown
 * beyond what they were told anyway.
 */
final class KnownMembers {
  private static final Duration EXPIRY = Duration.ofSeconds(10);
  private static final long MIN_AGE_MS = 1_000;
  private static final int MAX_CONVERSATIONS = 50_000;

  private record Known(Members members, long loadedAt) {}

  private final Conversations conversations;
  private final Clock clock;
  private final Cache<ConversationId, Known> cache;

  KnownMembers(Conversations conversations, Clock clock) {
    this.conversations = conversations;
    this.clock = clock;
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(MAX_CONVERSATIONS)
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /** The members, loaded anew where the user is not among those that are known. */
  Future<Members> with(ConversationId conversation, UserId user) {
    Known known = cache.getIfPresent(conversation);
    if (known != null
        && (!known.members().of(user).isEmpty()
            || clock.millis() - known.loadedAt() < MIN_AGE_MS)) {
      return Future.succeededFuture(known.members());
    }
    return conversations
        .members(conversation)
        .onSuccess(members -> cache.put(conversation, new Known(members, clock.millis())));
  }
}
