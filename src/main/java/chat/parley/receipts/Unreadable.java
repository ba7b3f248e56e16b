package chat.parley.receipts;

import chat.parley.model.ConversationId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of what is stored and nobody can read, once a conversation, because its devices say so
 * again each second. Thread-safe; what it remembers is bounded.
 */
final class Unreadable {
  private static final Logger LOG = LoggerFactory.getLogger(Unreadable.class);
  private static final int MAX_CONVERSATIONS = 10_000;

  private final Cache<ConversationId, Boolean> warned =
      Caffeine.newBuilder().maximumSize(MAX_CONVERSATIONS).build();

  /** Something of this conversation cannot be read. */
  void warn(ConversationId conversation, Throwable cause) {
    if (warned.asMap().putIfAbsent(conversation, true) == null) {
      LOG.atWarn()
          .addKeyValue("conversation", conversation)
          .addKeyValue("cause", cause.toString())
          .log("what is stored of a conversation cannot be read: not all of its receipts are kept");
    }
  }
}
