package chat.parley.turns;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/**
 * Asynchronous work in any number of rounds: attempts until one succeeds, pages until the last. A
 * future that is composed of its next round, and that of the round after, ends only by unwinding
 * all of them on one stack: after some thousands of rounds it overflows, and the future never
 * completes.
 */
public final class Rounds {
  private final Supplier<Future<Boolean>> round;
  private final Promise<Void> outcome = Promise.promise();

  private Rounds(Supplier<Future<Boolean>> round) {
    this.round = round;
  }

  /**
   * Does one round after the other, each when the last has ended.
   *
   * @param round completes with whether another one follows
   * @return completes after the last round; fails as soon as one does
   */
  public static Future<Void> whileMore(Supplier<Future<Boolean>> round) {
    Rounds rounds = new Rounds(round);
    rounds.run();
    return rounds.outcome.future();
  }

  private void run() {
    boolean more = true;
    while (more) {
      Future<Boolean> next = begin();
      if (!next.isComplete()) {
        next.onComplete(
            done -> {
              if (settle(done)) {
                run();
              }
            });
        return;
      }
      more = settle(next);
    }
  }

  private Future<Boolean> begin() {
    try {
      return round.get();
    } catch (RuntimeException | Error e) {
      return Future.failedFuture(e);
    }
  }

  private boolean settle(AsyncResult<Boolean> done) {
    if (done.failed()) {
      outcome.fail(done.cause());
      return false;
    }
    if (!done.result()) {
      outcome.complete();
    }
    return done.result();
  }
}
