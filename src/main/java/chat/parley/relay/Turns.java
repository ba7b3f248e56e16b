package chat.parley.relay;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Lets so many steps run at once; further ones wait in line. Lives on one context. */
final class Turns {
  private final int atOnce;
  private final Deque<Runnable> line = new ArrayDeque<>();
  private int underWay;
  private boolean advancing;

  Turns(int atOnce) {
    this.atOnce = atOnce;
  }

  /** Runs the step when it is its turn; completes as it does. */
  <T> Future<T> take(Supplier<Future<T>> step) {
    Promise<T> outcome = Promise.promise();
    line.add(() -> step.get().onComplete(outcome).onComplete(done -> ended()));
    advance();
    return outcome.future();
  }

  private void ended() {
    underWay--;
    advance();
  }

  /**
   * One loop for all: steps that end at once would else go down the stack, each within the last.
   */
  private void advance() {
    if (advancing) {
      return;
    }
    advancing = true;
    while (underWay < atOnce && !line.isEmpty()) {
      underWay++;
      line.poll().run();
    }
    advancing = false;
  }
}
