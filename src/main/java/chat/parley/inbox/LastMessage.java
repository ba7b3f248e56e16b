package chat.parley.inbox;

import chat.parley.event.Change;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Finds a conversation's last message in the log. */
final class LastMessage {
  private static final int PAGE = 50;

  private LastMessage() {}

  /** The last one up to a committed number; empty where there is none. */
  static Future<Optional<Change>> upTo(MessageLog log, ConversationId conversation, long bound) {
    AtomicLong from = new AtomicLong(bound);
    AtomicReference<Change> last = new AtomicReference<>();
    return Rounds.whileMore(
            () ->
                from.get() < 1
                    ? Future.succeededFuture(false)
                    : log.descending(conversation, from.get(), 1, PAGE)
                        .map(
                            changes -> {
                              from.addAndGet(-changes.size());
                              changes.stream()
                                  .filter(change -> change.type().isMessage())
                                  .findFirst()
                                  .ifPresent(last::set);
                              return last.get() == null && !noneBefore(changes);
                            }))
        .map(done -> Optional.ofNullable(last.get()));
  }

  /** The oldest change of a page says how many messages there are up to it. */
  private static boolean noneBefore(List<Change> changes) {
    return changes.isEmpty() || changes.get(changes.size() - 1).seq() == 0;
  }
}
