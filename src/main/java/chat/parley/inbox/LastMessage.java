package chat.parley.inbox;

import chat.parley.event.Change;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Finds a conversation's last message in the log. */
final class LastMessage {
  private static final int PAGE = 50;

  private LastMessage() {}

  /** The last one up to a committed number; empty where there is none. */
  static Future<Optional<Change>> upTo(MessageLog log, ConversationId conversation, long bound) {
    if (bound < 1) {
      return Future.succeededFuture(Optional.empty());
    }
    return log.descending(conversation, bound, 1, PAGE)
        .compose(
            changes -> {
              Optional<Change> last =
                  changes.stream().filter(change -> change.type().isMessage()).findFirst();
              return last.isPresent() || noneBefore(changes)
                  ? Future.succeededFuture(last)
                  : upTo(log, conversation, bound - changes.size());
            });
  }

  /** The oldest change of a page says how many messages there are up to it. */
  private static boolean noneBefore(List<Change> changes) {
    return changes.isEmpty() || changes.get(changes.size() - 1).seq() == 0;
  }
}
