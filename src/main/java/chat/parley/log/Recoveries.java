package chat.parley.log;

import chat.parley.model.ConversationId;
import chat.parley.turns.FewAtOnce;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Timer;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * When which conversation of a former owner is recovered: few at once, those first that somebody
 * waits for. While the stream is away there is no bound to what one of them has unpublished, which
 * is read at once, and of all of them it may be more than the memory holds. Lives on the log's
 * context.
 */
final class Recoveries {
  private static final int AT_ONCE = 64;

  /**
   * One that has not come any further for so long though the store answers makes place for another:
   * it may be of a conversation that cannot be read, and never end.
   */
  static final long STUCK_MS = 5_000;

  private record Work(
      OwnedShard held, ConversationId conversation, Supplier<? extends Future<?>> begin) {}

  private final Vertx vertx;
  private final LogStore store;
  private final Deque<Work> asked = new ArrayDeque<>();
  private final Deque<Work> left = new ArrayDeque<>();
  private final FewAtOnce few = new FewAtOnce(AT_ONCE, this::next);

  Recoveries(Vertx vertx, LogStore store) {
    this.vertx = vertx;
    this.store = store;
  }

  /** Does it when its turn comes, behind all that somebody waits for. */
  Future<Void> add(OwnedShard held, ConversationId conversation, Supplier<Future<Void>> recovery) {
    Promise<Void> done = Promise.promise();
    left.add(new Work(held, conversation, () -> recovery.get().onComplete(done)));
    few.go();
    return done.future();
  }

  /**
   * Opens a conversation when its turn comes. Whoever asks for it until then gets the same future,
   * so that they are served in the order in which they have asked.
   */
  Future<OwnedConversation> ask(
      OwnedShard held, ConversationId conversation, Supplier<Future<OwnedConversation>> opening) {
    Promise<OwnedConversation> known = held.turns.get(conversation);
    if (known != null) {
      return known.future();
    }
    Promise<OwnedConversation> turn = Promise.promise();
    held.turns.put(conversation, turn);
    asked.add(
        new Work(
            held,
            conversation,
            () ->
                opening
                    .get()
                    .onComplete(
                        done -> {
                          held.turns.remove(conversation, turn);
                          if (done.succeeded()) {
                            turn.tryComplete(done.result());
                          } else {
                            turn.tryFail(done.cause());
                          }
                        })));
    few.go();
    return turn.future();
  }

  private Optional<Future<?>> next() {
    Work work = asked.isEmpty() ? left.poll() : asked.poll();
    return Optional.ofNullable(work).map(this::begin);
  }

  /** Completes when the work has ended, however, or is stuck. */
  private Future<Void> begin(Work work) {
    Future<?> ended = work.begin().get().otherwiseEmpty();
    return Rounds.whileMore(() -> goesOn(work, ended));
  }

  private Future<Boolean> goesOn(Work work, Future<?> ended) {
    if (ended.isComplete()) {
      return Future.succeededFuture(false);
    }
    Timer look = vertx.timer(STUCK_MS);
    return Future.any(ended, look)
        .onComplete(first -> look.cancel())
        .compose(
            first -> ended.isComplete() ? Future.succeededFuture(false) : mayComeFurther(work));
  }

  /** Where the store does not answer, no other would come any further either. */
  private Future<Boolean> mayComeFurther(Work work) {
    OwnedConversation owned = work.held().conversations.get(work.conversation());
    return owned != null && !owned.isStuck(STUCK_MS)
        ? Future.succeededFuture(true)
        : store
            .epochs(List.of(work.held().shard))
            .transform(answer -> Future.succeededFuture(answer.failed()));
  }
}
