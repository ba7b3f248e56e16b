package chat.parley.sync;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.Amendment;
import chat.parley.log.Amendments;
import chat.parley.log.MessageState;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows messages as the changes after them have left them: a text that was deleted is in no answer
 * that begins after the delete's ack. Who has left sees messages as they were then, but for
 * deletes, which hold for everybody.
 *
 * <p>What alters a message lies behind it in the log. So where everything up to the head was read
 * already, nothing more is; else the amendments of the messages' range are.
 */
final class LatestStates {
  private final Amendments amendments;

  LatestStates(Amendments amendments) {
    this.amendments = amendments;
  }

  /**
   * These changes, with the latest state of the message in each new message and edit. A reaction is
   * the step alone, and stays it.
   *
   * @param read everything that was read to find them, in any order
   */
  Future<List<Change>> of(
      ConversationId conversation, View view, List<Change> changes, List<Change> read) {
    List<Change> whole = changes.stream().filter(LatestStates::saysAll).toList();
    if (whole.isEmpty()) {
      return Future.succeededFuture(changes);
    }
    if (reachesHead(view, read)) {
      return Future.succeededFuture(
          shown(
              changes,
              read.stream()
                  .filter(change -> change.type().amends())
                  .sorted(Comparator.comparingLong(Change::changeSeq))
                  .map(Amendment::of)
                  .toList()));
    }
    return amendments(conversation, whole)
        .map(found -> found.stream().filter(one -> counts(one.change(), view)).toList())
        .map(found -> shown(changes, found));
  }

  private static boolean saysAll(Change change) {
    return change.type() == ChangeType.MESSAGE_NEW || change.type() == ChangeType.MESSAGE_EDIT;
  }

  /** Whether there is nothing behind the first of these that was not read. */
  private static boolean reachesHead(View view, List<Change> read) {
    long first = Long.MAX_VALUE;
    long last = 0;
    for (Change change : read) {
      first = Math.min(first, change.changeSeq());
      last = Math.max(last, change.changeSeq());
    }
    return last == view.head().changeSeq() && last - first + 1 == read.size();
  }

  /** A delete also where it came after the user had left: what is gone is gone for all. */
  private static boolean counts(Change change, View view) {
    return change.changeSeq() <= view.last() || change.type() == ChangeType.MESSAGE_DELETE;
  }

  /** New messages lie close together; what an edit is of may be far away. */
  private Future<List<Amendment>> amendments(ConversationId conversation, List<Change> whole) {
    long from = Long.MAX_VALUE;
    long to = 0;
    for (Change change : whole) {
      if (change.type().isMessage()) {
        from = Math.min(from, change.changeSeq());
        to = Math.max(to, change.changeSeq());
      }
    }
    List<Future<List<Amendment>>> reads = new ArrayList<>();
    if (to > 0) {
      reads.add(amendments.of(conversation, from, to));
    }
    long first = from;
    long last = to;
    whole.stream()
        .filter(change -> change.type().amends())
        .mapToLong(change -> Amendment.of(change).target())
        .filter(target -> target < first || target > last)
        .distinct()
        .forEach(target -> reads.add(amendments.of(conversation, target, target)));
    return Future.all(reads)
        .map(done -> reads.stream().flatMap(read -> read.result().stream()).toList());
  }

  private static List<Change> shown(List<Change> changes, List<Amendment> amendments) {
    if (amendments.isEmpty()) {
      return changes;
    }
    Map<Long, List<Change>> byTarget = new HashMap<>();
    amendments.forEach(
        one -> byTarget.computeIfAbsent(one.target(), any -> new ArrayList<>()).add(one.change()));
    return changes.stream().map(change -> shown(change, byTarget)).toList();
  }

  private static Change shown(Change change, Map<Long, List<Change>> byTarget) {
    if (!saysAll(change)) {
      return change;
    }
    long target = change.type().isMessage() ? change.changeSeq() : Amendment.of(change).target();
    List<Change> later =
        byTarget.getOrDefault(target, List.of()).stream()
            .filter(amendment -> amendment.changeSeq() > change.changeSeq())
            .toList();
    if (later.isEmpty()) {
      return change;
    }
    MessageState state = MessageState.of(change);
    later.forEach(state::apply);
    JsonObject payload =
        new JsonObject(Buffer.buffer(change.payload())).put("message", state.toJson());
    return new Change(
        change.conversationId(),
        change.changeSeq(),
        change.seq(),
        change.type(),
        change.actorId(),
        change.subjectId(),
        change.committedAt(),
        payload.toBuffer().getBytes());
  }
}
