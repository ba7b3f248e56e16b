package chat.parley.receipts;

import chat.parley.conversation.Conversations;
import chat.parley.conversation.Standing;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Where users stand in conversations; read one by one, so that nothing grows with the size of a
 * channel. Who is there is known for some seconds: someone who has just left may move their own
 * cursors for these, which nobody else is shown beyond what they were told anyway. Who is not there
 * is looked up each time, since a join that was acknowledged must count for what comes after it. To
 * remember a no would spare the store little: whoever asks for the sake of asking asks about
 * another conversation each time.
 */
final class KnownMembers {
  private static final Duration EXPIRY = Duration.ofSeconds(10);
  private static final int MAX_KNOWN = 200_000;

  private record Key(ConversationId conversation, UserId user) {}

  private final Conversations conversations;
  private final Cache<Key, Standing> present;

  KnownMembers(Conversations conversations, InstantSource clock) {
    this.conversations = conversations;
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.present =
        Caffeine.newBuilder()
            .maximumSize(MAX_KNOWN)
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /** Where the user stands. */
  Future<Standing> standing(ConversationId conversation, UserId user) {
    Key key = new Key(conversation, user);
    Standing known = present.getIfPresent(key);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return conversations
        .stints(conversation, user)
        .map(Standing::new)
        .onSuccess(
            standing -> {
              if (standing.current().isPresent()) {
                present.put(key, standing);
              }
            });
  }
}
