package chat.parley.replay;

import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.client.Retries;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What one speaker does, in the log's order: messages go out without waiting for each other; a
 * join, a leave or a rename waits for what came before it and holds up what comes after.
 */
final class Lane {
  private static final Set<String> ALREADY_LEFT = Set.of("not_found", "not_a_member", "forbidden");

  private final Actor actor;
  private final ParleyApi owner;
  private final String conversationId;
  private final Retries retries;
  private final Counters counters;
  private Future<Void> calls = Future.succeededFuture();
  private Future<Void> acks = Future.succeededFuture();

  Lane(Actor actor, ParleyApi owner, String conversationId, Retries retries, Counters counters) {
    this.actor = actor;
    this.owner = owner;
    this.conversationId = conversationId;
    this.retries = retries;
    this.counters = counters;
  }

  /** Starts an event; never fails: failures are counted. */
  void play(ReplayEvent event) {
    switch (event.kind()) {
      case MESSAGE -> say(event.text());
      case JOIN ->
          call(
              "join",
              () -> owner.putMember(conversationId, actor.userId(), "member"),
              "conflict"::equals);
      case LEAVE ->
          call(
              "leave",
              () -> actor.api().deleteMember(conversationId, actor.userId()),
              ALREADY_LEFT::contains);
      case RENAME ->
          call("rename", () -> actor.api().setDisplayName(event.text()).mapEmpty(), code -> false);
      default -> throw new IllegalStateException(event.kind().name());
    }
  }

  /** Completes when everything played so far is done. Never fails. */
  Future<Void> done() {
    return Future.join(calls, acks).mapEmpty();
  }

  private void say(String text) {
    Future<Void> sent = calls.compose(v -> send(text));
    acks = Future.join(acks, sent).mapEmpty();
  }

  private Future<Void> send(String text) {
    String clientMsgId = actor.record().send(System.nanoTime());
    return actor
        .client()
        .send(conversationId, clientMsgId, text)
        .<Void>mapEmpty()
        .recover(
            failure -> {
              counters.refused++;
              counters.failed("a message was refused", failure);
              return Future.succeededFuture();
            });
  }

  /**
   * {@code repeated} tells from a refusal's code that an earlier, unanswered try was carried out.
   */
  private void call(String what, Supplier<Future<Void>> task, Predicate<String> repeated) {
    int[] tries = new int[1];
    Supplier<Future<Void>> attempt =
        () ->
            tries[0]++ == 0
                ? task.get()
                : task.get()
                    .recover(
                        failure ->
                            failure instanceof ProblemException problem
                                    && repeated.test(problem.code())
                                ? Future.succeededFuture()
                                : Future.failedFuture(failure));
    calls =
        done()
            .compose(v -> retries.call(attempt))
            .recover(
                failure -> {
                  counters.failedCalls++;
                  counters.failed("a " + what + " failed", failure);
                  return Future.succeededFuture();
                });
  }
}
