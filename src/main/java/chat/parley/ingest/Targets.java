package chat.parley.ingest;

import chat.parley.log.MessageState;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The messages of one conversation that are being altered: all who alter one share what is known of
 * it, so that each finds what the one before made of it, stored or not. Forgotten with the last of
 * them: by then it is stored, and the next one reads it.
 */
final class Targets {
  private static final class Shared {
    private final Future<MessageState> message;
    private int users;

    private Shared(Future<MessageState> message) {
      this.message = message;
    }
  }

  private final Map<Long, Shared> shared = new HashMap<>();

  /** Does something with a message, which is loaded unless it is in use. */
  <T> Future<T> with(
      long target, Supplier<Future<MessageState>> load, Function<MessageState, Future<T>> work) {
    Shared one = shared.computeIfAbsent(target, any -> new Shared(load.get()));
    one.users++;
    return one.message
        .compose(work)
        .onComplete(
            done -> {
              one.users--;
              if (one.users == 0) {
                shared.remove(target, one);
              }
            });
  }
}
