package chat.parley.perf;

import chat.parley.client.ClientGroup;
import chat.parley.client.Observer;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Signs new users up, two and two, opens their conversations and connects them. A password costs
 * the server a tenth of a second, so only a few are asked for at a time.
 */
final class Pairs {
  private static final int PAIRS_AT_A_TIME = 2;
  private static final int ATTEMPTS = 20;
  private static final int READY_SECONDS = 30;

  private final Vertx vertx;
  private final ClientGroup group;
  private final String runId;
  private final Function<String, Observer> observers;
  private final List<Pair> made = new ArrayList<>();
  private final Promise<List<Pair>> all = Promise.promise();
  private int next;

  /**
   * Users of one run.
   *
   * @param runId at most 12 characters of a handle, new for each run
   * @param observers makes the observer of a user by id
   */
  Pairs(Vertx vertx, ClientGroup group, String runId, Function<String, Observer> observers) {
    this.vertx = vertx;
    this.group = group;
    this.runId = runId;
    this.observers = observers;
  }

  /** That many pairs, connected and caught up. Fails with the first refusal that is final. */
  Future<List<Pair>> open(int count) {
    group.run(
        () -> {
          for (int i = 0; i < Math.min(PAIRS_AT_A_TIME, count); i++) {
            step(count);
          }
        });
    return all.future();
  }

  private void step(int count) {
    if (next == count || all.future().isComplete()) {
      return;
    }
    pair(next++)
        .onFailure(all::tryFail)
        .onSuccess(
            pair -> {
              made.add(pair);
              if (made.size() == count) {
                all.tryComplete(made);
              } else {
                step(count);
              }
            });
  }

  private Future<Pair> pair(int number) {
    return user(number + ".a")
        .compose(
            first ->
                user(number + ".b")
                    .compose(
                        second ->
                            patiently(() -> first.createDm(userId(second)), ATTEMPTS)
                                .compose(dm -> connect(dm.conversationId(), first, second))));
  }

  private Future<ParleyApi> user(String name) {
    String handle = "bench." + runId + "." + name;
    String password = "bench!" + handle;
    return patiently(() -> group.api().createAccount(handle, password, handle), ATTEMPTS)
        .compose(
            profile ->
                patiently(
                    () -> group.api().createSession(handle, password, "benchmark", null), ATTEMPTS))
        .map(session -> group.api().as(session));
  }

  private Future<Pair> connect(String conversationId, ParleyApi first, ParleyApi second) {
    Pair pair =
        new Pair(
            conversationId,
            group.connect(first.credentials(), observers.apply(userId(first))),
            group.connect(second.credentials(), observers.apply(userId(second))));
    return Future.all(pair.first().ready(), pair.second().ready())
        .timeout(READY_SECONDS, TimeUnit.SECONDS)
        .map(pair);
  }

  private static String userId(ParleyApi user) {
    return user.credentials().session().userId();
  }

  /** Waits as the server asks where it is busy. */
  private <T> Future<T> patiently(Supplier<Future<T>> call, int attempts) {
    return call.get()
        .recover(
            failure -> {
              if (attempts == 1
                  || !(failure instanceof ProblemException problem && problem.retryable())) {
                return Future.failedFuture(failure);
              }
              Promise<Void> waited = Promise.promise();
              vertx.setTimer(Math.max(200, problem.retryAfterMs()), id -> waited.complete());
              return waited.future().compose(v -> patiently(call, attempts - 1));
            });
  }
}
