package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All conversations of one device: routes changes to their streams, asks for what is missing, tells
 * what arrived.
 */
final class Streams {
  private record Waiter(String conversationId, long changeSeq, Promise<Void> promise) {}

  private final ClientContext context;
  private final String userId;
  private final Observer observer;
  private final Map<String, ConversationStream> streams = new HashMap<>();
  private final Set<String> unreported = new LinkedHashSet<>();
  private final Set<String> repairing = new LinkedHashSet<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private long reportedAt;

  Streams(ClientContext context, String userId, Observer observer) {
    this.context = context;
    this.userId = userId;
    this.observer = observer;
  }

  /** Starts from cursors that were kept elsewhere. */
  void startFrom(Map<String, Long> cursors) {
    cursors.forEach((conversationId, cursor) -> streams.put(conversationId, open(cursor)));
  }

  private ConversationStream stream(String conversationId) {
    return streams.computeIfAbsent(conversationId, id -> open(ConversationStream.UNKNOWN));
  }

  private ConversationStream open(long cursor) {
    return new ConversationStream(userId, cursor, context.settings().maxHeld(), this::pass);
  }

  private void pass(Change change, Source source) {
    unreported.add(change.conversationId());
    observer.delivered(change, source);
    wake();
  }

  void offer(Change change, Source source, long now) {
    stream(change.conversationId()).offer(change, source, now);
  }

  void reset(String conversationId, long headChangeSeq, long now) {
    stream(conversationId).reset(headChangeSeq, now);
  }

  /** The heads at the fence: what lies below them and did not come has to be asked for. */
  void heads(JsonObject heads, long now) {
    for (String conversationId : heads.fieldNames()) {
      ConversationStream stream = stream(conversationId);
      if (!stream.left()) {
        stream.want(heads.getLong(conversationId), now);
      }
    }
  }

  long cursor(String conversationId) {
    ConversationStream stream = streams.get(conversationId);
    return stream == null ? ConversationStream.UNKNOWN : stream.cursor();
  }

  /** Completes when everything up to this changeSeq has been delivered. */
  Future<Void> reached(String conversationId, long changeSeq) {
    Waiter waiter = new Waiter(conversationId, changeSeq, Promise.promise());
    waiters.add(waiter);
    wake();
    return waiter.promise.future();
  }

  private void wake() {
    if (!waiters.isEmpty()) {
      List<Waiter> woken =
          waiters.stream()
              .filter(waiter -> cursor(waiter.conversationId) >= waiter.changeSeq)
              .toList();
      waiters.removeAll(woken);
      woken.forEach(waiter -> waiter.promise.tryComplete());
    }
  }

  void failWaiters(Throwable why) {
    List<Waiter> failed = List.copyOf(waiters);
    waiters.clear();
    failed.forEach(waiter -> waiter.promise.tryFail(why));
  }

  /** The cursors as hello wants them. */
  JsonObject cursors() {
    JsonObject cursors = new JsonObject();
    streams.forEach(
        (id, stream) -> {
          if (stream.cursor() != ConversationStream.UNKNOWN) {
            cursors.put(id, stream.cursor());
          }
        });
    return cursors;
  }

  /** Sends what is due: syncs for holes that stayed, delivered receipts. */
  void tick(ParleySocket socket, long now) {
    long patience = context.settings().gapPatience().toNanos();
    streams.forEach(
        (id, stream) -> {
          if (stream.needsRepair(now, patience) && repairing.add(id)) {
            repair(socket, id, stream);
          }
        });
    if (!unreported.isEmpty() && now - reportedAt >= context.settings().receiptEvery().toNanos()) {
      report(socket, now);
    }
  }

  private void report(ParleySocket socket, long now) {
    JsonObject cursors = new JsonObject();
    for (String id : unreported) {
      ConversationStream stream = streams.get(id);
      if (!stream.left()) {
        cursors.put(id, stream.cursor());
      }
    }
    unreported.clear();
    reportedAt = now;
    if (!cursors.isEmpty()) {
      socket.send("receipt.delivered", new JsonObject().put("cursors", cursors));
    }
  }

  private void repair(ParleySocket socket, String id, ConversationStream stream) {
    long after = Math.max(0, stream.cursor());
    JsonObject ask =
        new JsonObject()
            .put("conversationId", id)
            .put("after", after)
            .put("limit", context.settings().syncLimit());
    long deadline = context.nanos().getAsLong() + context.settings().answerWithin().toNanos();
    socket
        .request("sync", ask, deadline)
        .onComplete(
            answer -> {
              repairing.remove(id);
              if (answer.succeeded()) {
                page(ChangePage.ofChanges(answer.result().data()), stream, socket);
              } else {
                failed(answer.cause(), stream);
              }
            });
  }

  private void page(ChangePage page, ConversationStream stream, ParleySocket socket) {
    long now = context.nanos().getAsLong();
    for (Change change : page.items()) {
      observer.observed(change, Source.REPAIR, socket.number(), now);
    }
    stream.page(page, now);
    // A long way behind is read page after page, without waiting for the tick.
    if (page.hasMore()) {
      tick(socket, now);
    }
  }

  private void failed(Throwable failure, ConversationStream stream) {
    if (failure instanceof ProblemException problem && !problem.retryable()) {
      stream.refused();
      observer.problem(failure);
    }
  }
}
