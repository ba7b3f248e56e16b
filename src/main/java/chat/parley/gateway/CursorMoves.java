package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.model.ConversationId;
import chat.parley.turns.SteadyTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes the node's cursor moves to the receipts stage, gathered, one flush at a time. */
final class CursorMoves {
  private static final int PER_MESSAGE = 500;
  private static final long PAUSE_MS_PER_MOVE = 2;
  private static final long LONGEST_PAUSE_MS = 2_000;
  private static final long WAIT_AFTER_FAILURE_MS = 1_000;

  /** Who waits for moves of these conversations to be stored. */
  private record Waiting(Promise<Void> stored, Set<ConversationId> of) {}

  private final Bus bus;
  private final CursorBatch batch;
  private final InstantSource clock = new SteadyTime();
  private List<Waiting> waiting = new ArrayList<>();
  private boolean flushing;
  private Future<Void> underWay = Future.succeededFuture();
  private long notBefore = clock.millis();

  CursorMoves(Bus bus, int maxPending) {
    this.bus = bus;
    this.batch = new CursorBatch(maxPending);
  }

  /**
   * Notes these moves. Completes when they are stored; where nobody waits for that, a failed store
   * is tried again. Fails with {@code OVERLOADED} where too much waits already.
   */
  Future<Void> move(List<Delivered> delivered, List<Read> read, boolean answer) {
    if (!batch.hasRoom(delivered.size() + read.size())) {
      return Future.failedFuture(
          new FailureException(Failure.OVERLOADED, "too many receipts wait for the store"));
    }
    delivered.forEach(batch::add);
    read.forEach(batch::add);
    if (!answer) {
      return Future.succeededFuture();
    }
    Promise<Void> stored = Promise.promise();
    waiting.add(new Waiting(stored, new MoveCursors(delivered, read).conversations()));
    return stored.future();
  }

  /**
   * The more moves a flush takes to the store, the longer the next one gathers: of each cursor only
   * the furthest counts, so waiting makes them fewer, and the store gets some five hundred a second
   * of a node at most.
   */
  private static long pause(List<MoveCursors> messages) {
    long moves = 0;
    for (MoveCursors message : messages) {
      moves += message.delivered().size() + message.read().size();
    }
    return Math.min(LONGEST_PAUSE_MS, PAUSE_MS_PER_MOVE * moves);
  }

  /** Sends what has gathered, unless the last flush is still under way. */
  Future<Void> flush() {
    return flushing || clock.millis() < notBefore ? Future.succeededFuture() : send();
  }

  /** Sends the rest, after what is under way. */
  Future<Void> close() {
    return underWay.transform(done -> send());
  }

  private Future<Void> send() {
    if (batch.isEmpty() && waiting.isEmpty()) {
      return Future.succeededFuture();
    }
    flushing = true;
    List<Waiting> answered = waiting;
    waiting = new ArrayList<>();
    List<MoveCursors> messages = batch.take(PER_MESSAGE);
    notBefore = clock.millis() + pause(messages);
    List<Future<Moved>> asked =
        messages.stream()
            .map(message -> (answered.isEmpty() ? message.unhurried() : message).inPart())
            .map(
                message ->
                    bus.request(Addresses.RECEIPTS, message, Moved.class)
                        .otherwise(cause -> new Moved(message)))
            .toList();
    underWay =
        Future.all(asked)
            .map(
                done -> {
                  flushing = false;
                  settle(asked.stream().map(Future::result).toList(), answered);
                  return null;
                });
    return underWay;
  }

  /** What is not stored goes back, and only who waits for it hears of that. */
  private void settle(List<Moved> moved, List<Waiting> answered) {
    List<MoveCursors> rests = moved.stream().map(Moved::rest).toList();
    Set<ConversationId> unstored = new HashSet<>();
    rests.forEach(rest -> unstored.addAll(rest.conversations()));
    if (!unstored.isEmpty()) {
      notBefore = clock.millis() + WAIT_AFTER_FAILURE_MS;
      batch.putBack(rests);
    }
    for (Waiting one : answered) {
      if (Collections.disjoint(one.of(), unstored)) {
        one.stored().complete();
      } else {
        one.stored().fail(Moved.unavailable());
      }
    }
  }
}
