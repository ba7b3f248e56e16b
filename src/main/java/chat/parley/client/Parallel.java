package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Works through a list with so many at a time; results in the list's order. The first failure ends
 * it. One loop only.
 */
public final class Parallel<T, R> {
  private final List<T> items;
  private final Function<T, Future<R>> work;
  private final List<R> results;
  private final Promise<List<R>> promise = Promise.promise();
  private int next;
  private int done;

  private Parallel(List<T> items, Function<T, Future<R>> work) {
    this.items = items;
    this.work = work;
    this.results = new ArrayList<>(Collections.nCopies(items.size(), null));
  }

  /** Gives the results, {@code width} pieces of work being under way at a time. */
  public static <T, R> Future<List<R>> each(int width, List<T> items, Function<T, Future<R>> work) {
    Parallel<T, R> parallel = new Parallel<>(items, work);
    if (items.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    for (int i = 0; i < width; i++) {
      parallel.step();
    }
    return parallel.promise.future();
  }

  private void step() {
    if (next == items.size() || promise.future().isComplete()) {
      return;
    }
    int index = next++;
    work.apply(items.get(index))
        .onFailure(promise::tryFail)
        .onSuccess(
            result -> {
              results.set(index, result);
              if (++done == items.size()) {
                promise.tryComplete(results);
              } else {
                step();
              }
            });
  }
}
