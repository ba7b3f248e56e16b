package chat.parley.gateway;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Brings answers of parts that may complete on any thread back to the gateway's event loop, on
 * which alone its state may be touched.
 */
final class HomeLoop {
  private final Context context;

  HomeLoop(Context context) {
    this.context = context;
  }

  /** Does something on the loop; to be called on any thread. */
  void run(Runnable step) {
    context.runOnContext(turn -> step.run());
  }

  <T> Future<T> bring(Future<T> foreign) {
    Promise<T> home = Promise.promise();
    foreign.onComplete(done -> context.runOnContext(turn -> home.handle(done)));
    return home.future();
  }
}
