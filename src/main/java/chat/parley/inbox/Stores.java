package chat.parley.inbox;

import chat.parley.kafka.TryAgainException;
import chat.parley.log.DamagedLogException;
import io.vertx.core.Future;

/**
 * The line between a store that is away, which is waited for, and a row that cannot be read, which
 * would fail for ever and hold up all that comes behind it.
 */
final class Stores {
  private Stores() {}

  /** A store's answer; whatever fails is away, except for what it holds and nobody can read. */
  static <T> Future<T> orAway(Future<T> answer, String what) {
    return answer.recover(
        cause ->
            Future.failedFuture(
                DamagedLogException.isUnreadable(cause)
                    ? cause
                    : new TryAgainException(what, cause)));
  }
}
