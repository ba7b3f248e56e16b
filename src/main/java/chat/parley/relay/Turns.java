package chat.parley.relay;

import chat.parley.turns.FewAtOnce;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/** Lets so many steps run at once; further ones wait in line. Lives on one context. */
final class Turns {
  private final Deque<Supplier<Future<?>>> line = new ArrayDeque<>();
  private final FewAtOnce work;

  Turns(int atOnce) {
    this.work = new FewAtOnce(atOnce, () -> Optional.ofNullable(line.poll()).map(Supplier::get));
  }

  /** Runs the step when it is its turn; completes as it does. */
  <T> Future<T> take(Supplier<Future<T>> step) {
    Promise<T> outcome = Promise.promise();
    line.add(() -> step.get().onComplete(outcome));
    work.go();
    return outcome.future();
  }
}
