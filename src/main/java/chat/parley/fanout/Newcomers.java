package chat.parley.fanout;

import chat.parley.conversation.Conversations;
import chat.parley.event.Alteration;
import chat.parley.event.Change;
import chat.parley.fanout.FanOutPlan.Part;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells apart, of an edit or a delete, who may be told all that it says: where newcomers are shown
 * nothing of the past, those who came after the message are not.
 */
final class Newcomers {
  private final Conversations conversations;

  Newcomers(Conversations conversations) {
    this.conversations = conversations;
  }

  /** What of these changes is for whom; each change and its audience stand at the same place. */
  Future<List<Part>> parts(List<Change> changes, List<Audience> audiences) {
    List<Future<List<Part>>> parts = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      parts.add(parts(changes.get(i), audiences.get(i)));
    }
    return Future.all(parts)
        .map(done -> parts.stream().flatMap(one -> one.result().stream()).toList());
  }

  private Future<List<Part>> parts(Change change, Audience audience) {
    List<UserId> users = audience.of(change.changeSeq());
    Part whole = new Part(change, users);
    if (!Alteration.isWhole(change)) {
      return Future.succeededFuture(List.of(whole));
    }
    long target = Alteration.target(change);
    List<UserId> late =
        users.stream().filter(user -> !audience.members().maySee(user, target)).toList();
    return late.isEmpty()
        ? Future.succeededFuture(List.of(whole))
        : Away.orElse(conversations.history(change.conversationId()), "settings cannot be read")
            .map(history -> history == HistoryVisibility.ALL ? List.of(whole) : apart(whole, late));
  }

  private static List<Part> apart(Part whole, List<UserId> late) {
    List<UserId> others = whole.users().stream().filter(user -> !late.contains(user)).toList();
    return List.of(
        new Part(whole.change(), others),
        new Part(Alteration.withoutMessage(whole.change()), late));
  }
}
