package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Refusals of calls and sockets that a gateway has no room for now. Each names another time to come
 * back, so that those who were refused together do not come back together.
 */
final class TryLater {
  private static final long RETRY_MS = 1_000;
  private static final long RETRY_SPREAD_MS = 4_000;

  private TryLater() {}

  /** {@code detail} is shown to the caller. */
  static FailureException because(String detail) {
    return new FailureException(
        Failure.OVERLOADED,
        detail,
        RETRY_MS + ThreadLocalRandom.current().nextLong(RETRY_SPREAD_MS));
  }
}
