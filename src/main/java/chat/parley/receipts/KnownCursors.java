package chat.parley.receipts;

import chat.parley.bus.ReceiptMessages;
import chat.parley.cursor.Cursors;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What this node has stored of cursors lately, and the highest message number that it has seen of a
 * conversation: only to spare writes and ticks, never a fact. Bounded; what is forgotten is stored
 * once more.
 */
final class KnownCursors {
  private static final int MAX_CURSORS = 200_000;

  private record Key(UserId user, ConversationId conversation, String device) {}

  private static final String READ = "";
  private static final String ANY_DEVICE = "*";

  private final Cache<Key, Long> stored = Caffeine.newBuilder().maximumSize(MAX_CURSORS).build();
  private final Cache<ConversationId, Long> seqs =
      Caffeine.newBuilder().maximumSize(MAX_CURSORS).build();

  boolean isDeliveredStored(ReceiptMessages.Delivered move) {
    return isStored(
        new Key(move.userId(), move.conversationId(), move.deviceId().value()), move.changeSeq());
  }

  boolean isReadStored(ReceiptMessages.Read move) {
    return isStored(new Key(move.userId(), move.conversationId(), READ), move.seq());
  }

  /** Whether it is known how far the user is on any device, and where they have read to. */
  boolean knows(UserId user, ConversationId conversation) {
    return stored.getIfPresent(new Key(user, conversation, ANY_DEVICE)) != null
        && stored.getIfPresent(new Key(user, conversation, READ)) != null;
  }

  /**
   * What the store has, whoever stored it. That very value counts as risen once more: who stored it
   * may have died before anybody was told.
   */
  void found(ConversationId conversation, Cursors.UserCursor cursor) {
    raise(
        new Key(cursor.userId(), conversation, ANY_DEVICE), Math.max(0, cursor.deliveredSeq() - 1));
    raise(new Key(cursor.userId(), conversation, READ), Math.max(0, cursor.readSeq() - 1));
  }

  /** Notes it; answers whether the user's delivered seq rose, on whichever device. */
  boolean storedDelivered(Cursors.Delivered move) {
    raise(new Key(move.userId(), move.conversationId(), move.deviceId().value()), move.changeSeq());
    return raise(new Key(move.userId(), move.conversationId(), ANY_DEVICE), move.seq());
  }

  /** Notes it; answers whether the user's read seq rose. */
  boolean storedRead(Cursors.Read move) {
    return raise(new Key(move.userId(), move.conversationId(), READ), move.seq());
  }

  void sawSeq(ConversationId conversation, long seq) {
    seqs.asMap().merge(conversation, seq, Math::max);
  }

  /** A seq that the conversation has reached for certain; 0 where none is known. */
  long highestSeq(ConversationId conversation) {
    Long seq = seqs.getIfPresent(conversation);
    return seq == null ? 0 : seq;
  }

  private boolean isStored(Key key, long value) {
    Long before = stored.getIfPresent(key);
    return before != null && before >= value;
  }

  private boolean raise(Key key, long value) {
    AtomicBoolean rose = new AtomicBoolean();
    stored
        .asMap()
        .compute(
            key,
            (any, before) -> {
              rose.set(before == null ? value > 0 : value > before);
              return before == null ? Long.valueOf(value) : Long.valueOf(Math.max(before, value));
            });
    return rose.get();
  }
}
