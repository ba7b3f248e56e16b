package chat.parley.receipts;

import chat.parley.log.DamagedLogException;
import chat.parley.model.ConversationId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line between a store that is away, which is waited for, and a row that cannot be read, which
 * would fail for ever. Warns of the latter once a conversation, because its devices say so again
 * each second. Thread-safe; what it remembers is bounded.
 */
final class Unreadable {
  private static final Logger LOG = LoggerFactory.getLogger(Unreadable.class);
  private static final int MAX_CONVERSATIONS = 10_000;

  private final Cache<ConversationId, Boolean> warned =
      Caffeine.newBuilder().maximumSize(MAX_CONVERSATIONS).build();

  /** Whether the store has answered with something that nobody can read, now or later. */
  static boolean isCauseOf(Throwable failure) {
    return failure instanceof DamagedLogException
        || failure instanceof IllegalArgumentException
        || failure instanceof NullPointerException;
  }

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
