package chat.parley.receipts;

import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.model.UserId;
import chat.parley.personal.PrivateReceipts;
import chat.parley.personal.PrivateReceipts.Choices;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose receipts others may be told, remembered for a minute, since a receipt must not cost a read
 * of its own. Every node that has such memories is told at once when a user chooses anew; should
 * that be lost the minute ends it.
 */
public final class KnownChoices {
  private static final Duration EXPIRY = Duration.ofMinutes(1);
  private static final int MAX_USERS = 200_000;

  private final PrivateReceipts choices;

  /** Reads under way count: one that began before a choice was made is forgotten with it. */
  private final Cache<UserId, Future<Choices>> known;

  public KnownChoices(PrivateReceipts choices, InstantSource clock) {
    this.choices = choices;
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(MAX_USERS)
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /** The user has chosen anew. */
  void forget(UserId user) {
    known.invalidate(user);
  }

  /** Those of these that others may be told. One whose user cannot be asked about is not told. */
  Future<List<ReceiptMoved>> told(List<ReceiptMoved> moved) {
    Map<UserId, Future<Choices>> of = new LinkedHashMap<>();
    moved.forEach(one -> of.computeIfAbsent(one.userId(), this::of));
    return Future.join(List.copyOf(of.values()))
        .transform(
            all ->
                Future.succeededFuture(
                    moved.stream().filter(one -> isTold(one, of.get(one.userId()))).toList()));
  }

  private static boolean isTold(ReceiptMoved one, Future<Choices> choices) {
    return choices.succeeded() && !choices.result().hides(one.conversationId());
  }

  private Future<Choices> of(UserId user) {
    Future<Choices> found = known.get(user, choices::of);
    if (found.failed()) {
      known.asMap().remove(user, found);
      return known.get(user, choices::of);
    }
    return found;
  }
}
