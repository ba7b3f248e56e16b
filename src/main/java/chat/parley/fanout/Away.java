package chat.parley.fanout;

import chat.parley.kafka.TryAgainException;
import io.vertx.core.Future;

/**
 * The line between what is away, which is waited for however long it takes, and what fails by
 * itself, which would fail for ever and hold up all that comes behind it.
 */
final class Away {
  private Away() {}

  /**
   * A store's answer. What it holds and cannot be read stays that record's own fault; all else,
   * known or not, is away: a store that is closed or overrun must never cost a sound record.
   */
  static <T> Future<T> orElse(Future<T> answer, String what) {
    return answer.recover(
        cause ->
            Future.failedFuture(isUnreadable(cause) ? cause : new TryAgainException(what, cause)));
  }

  /** The answer of one that is asked with ids only, which are sound: what fails there is away. */
  static <T> Future<T> always(Future<T> answer, String what) {
    return answer.recover(cause -> Future.failedFuture(new TryAgainException(what, cause)));
  }

  /** What reading a row throws where it holds no role, no id, or nothing at all. */
  private static boolean isUnreadable(Throwable cause) {
    return cause instanceof IllegalArgumentException || cause instanceof NullPointerException;
  }
}
