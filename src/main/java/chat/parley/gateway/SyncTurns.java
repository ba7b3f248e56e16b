package chat.parley.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The one budget of a gateway for what is asked on behalf of devices that were away: so many
 * questions at once, so that those who come back by the thousand take their turns and leave the
 * store to those who talk. A turn is a question and not a whole sync: who does not read what they
 * are sent holds up nobody. Lives on the gateway's event loop.
 */
final class SyncTurns {
  private final int atOnce;
  private final Deque<Runnable> begun = new ArrayDeque<>();
  private final Deque<Runnable> beginning = new ArrayDeque<>();
  private int underWay;
  private boolean advancing;
  private volatile int waiting;

  SyncTurns(int atOnce, MeterRegistry meters) {
    this.atOnce = atOnce;
    Gauge.builder("parley.gateway.syncs.waiting", () -> waiting)
        .description("Questions for devices that were away, which wait for their turn")
        .register(meters);
  }

  /** Asks the first question of a device when it is its turn; completes as it does. */
  <T> Future<T> begin(Supplier<Future<T>> question) {
    return take(beginning, question);
  }

  /** Asks a further one: before those who have not begun, so that some are done soon. */
  <T> Future<T> goOn(Supplier<Future<T>> question) {
    return take(begun, question);
  }

  private <T> Future<T> take(Deque<Runnable> line, Supplier<Future<T>> question) {
    Promise<T> answer = Promise.promise();
    line.add(() -> question.get().onComplete(answer).onComplete(done -> ended()));
    advance();
    return answer.future();
  }

  private void ended() {
    underWay--;
    advance();
  }

  /** One loop for all: questions that end at once would else go down the stack. */
  private void advance() {
    if (advancing) {
      return;
    }
    advancing = true;
    while (underWay < atOnce && !(begun.isEmpty() && beginning.isEmpty())) {
      underWay++;
      (begun.isEmpty() ? beginning : begun).poll().run();
    }
    waiting = begun.size() + beginning.size();
    advancing = false;
  }
}
