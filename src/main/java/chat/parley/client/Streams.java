package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All conversations of one device: routes changes to their streams, asks for what is missing, tells
 * what arrived.
 */
final class Streams {
  /**
   * Cursors in a delivered receipt: with ids of the greatest length these are below the server's 64
   * KiB.
   */
  private static final int MOST_REPORTED = 500;

  private record Waiter(String conversationId, long changeSeq, Promise<Void> promise) {}

  /**
   * On which connection a cursor was reported, and after which of its requests. Receipts have no
   * answer; that of a later request says that they have arrived.
   */
  private record Told(ParleySocket socket, long asked) {
    boolean hasArrived() {
      return socket.answered() > asked;
    }
  }

  private final ClientContext context;
  private final String userId;
  private final Observer observer;

  /** Those that moved last are last. */
  private final Map<String, ConversationStream> streams = new LinkedHashMap<>();

  private final Set<String> unreported = new LinkedHashSet<>();

  /** Reported, but perhaps never heard. */
  private final Map<String, Told> told = new HashMap<>();

  /** The server's record of these may be behind; to be reported once it has streamed the rest. */
  private final Set<String> again = new LinkedHashSet<>();

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
    String id = change.conversationId();
    streams.put(id, streams.remove(id));
    unreported.add(id);
    observer.delivered(change, source);
    wake();
  }

  void offer(Change change, Source source, long now) {
    stream(change.conversationId()).offer(change, source, now);
  }

  void reset(String conversationId, long headChangeSeq, long now) {
    stream(conversationId).reset(headChangeSeq, now);
  }

  /**
   * The heads at the fence: what lies below them and did not come has to be asked for. The server
   * believes a report as far as it has streamed, so what hello did not say is reported from here
   * on.
   */
  void heads(JsonObject heads, long now) {
    for (String conversationId : heads.fieldNames()) {
      ConversationStream stream = stream(conversationId);
      if (!stream.left()) {
        stream.want(heads.getLong(conversationId), now);
      }
    }
    unreported.addAll(again);
    again.clear();
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

  /**
   * The cursors as the hello of a new connection wants them: those that moved last, as many as a
   * frame of so many bytes has room for. Where one is left out the server streams from its own
   * record. That does no harm: what of it was shown before is dropped, and should the record be
   * ahead of this device, the heads tell of the hole. The record is brought up to date after the
   * fence, and so is what the last connection may have lost.
   */
  JsonObject cursors(int mostFrameBytes) {
    told.values().removeIf(Told::hasArrived);
    again.addAll(told.keySet());
    told.clear();
    CursorPart hello = new CursorPart(Integer.MAX_VALUE, mostFrameBytes);
    List<String> newestFirst = new ArrayList<>(streams.keySet());
    Collections.reverse(newestFirst);
    for (String id : newestFirst) {
      long cursor = streams.get(id).cursor();
      if (cursor != ConversationStream.UNKNOWN && !hello.take(id, cursor)) {
        again.add(id);
      }
    }
    return hello.json();
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
    if (socket.isGone()) {
      // Stays to be reported on the next one.
      return;
    }
    told.values().removeIf(Told::hasArrived);
    List<String> due = unreported.stream().filter(id -> !streams.get(id).left()).toList();
    unreported.clear();
    reportedAt = now;
    CursorPart part = new CursorPart(MOST_REPORTED, socket.mostFrameBytes());
    for (String id : due) {
      long cursor = streams.get(id).cursor();
      if (!part.take(id, cursor)) {
        tell(socket, part);
        part = new CursorPart(MOST_REPORTED, socket.mostFrameBytes());
        part.take(id, cursor);
      }
    }
    tell(socket, part);
  }

  private void tell(ParleySocket socket, CursorPart part) {
    if (!part.isEmpty()) {
      socket.send("receipt.delivered", new JsonObject().put("cursors", part.json()));
      Told now = new Told(socket, socket.asked());
      part.json().fieldNames().forEach(id -> told.put(id, now));
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
