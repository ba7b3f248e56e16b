package chat.parley.gateway;

import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.Context;
import java.util.Iterator;

/**
 * After the cluster has lost this gateway's interest in a large conversation, and it has been said
 * again: changes may have gone out without coming here, and nobody would notice before the next
 * one. The log is asked once, in the name of one user here; only if it goes further than what has
 * come, every device here looks for what it lacks.
 */
final class LostInterests {
  private static final long RETRY_MS = 1_000;

  private final Context context;
  private final LargeConversations larges;
  private final Connections connections;
  private final LogPages pages;
  private final GapRepair repair;

  /** {@code context} is that of the sockets. */
  LostInterests(
      Context context,
      LargeConversations larges,
      Connections connections,
      LogPages pages,
      GapRepair repair) {
    this.context = context;
    this.larges = larges;
    this.connections = connections;
    this.pages = pages;
    this.repair = repair;
  }

  /** To be called on any thread. */
  void happened(ConversationId conversation) {
    context.runOnContext(here -> ask(conversation, larges.users(conversation).iterator()));
  }

  private void ask(ConversationId conversation, Iterator<UserId> users) {
    while (users.hasNext()) {
      for (Connection connection : connections.of(users.next())) {
        if (connection.isOpen()) {
          pages
              .ask(connection, conversation, larges.highest(conversation), 1)
              .onComplete(
                  page -> {
                    if (page.succeeded() && !page.result().ended()) {
                      expect(conversation, page.result().headChangeSeq());
                    } else if (page.failed() && mayAnswerLater(page.cause())) {
                      context.owner().setTimer(RETRY_MS, again -> happened(conversation));
                    } else {
                      ask(conversation, users); // this one is no member any more
                    }
                  });
          return;
        }
      }
    }
  }

  private static boolean mayAnswerLater(Throwable cause) {
    return cause instanceof FailureException failed && failed.failure().retryable();
  }

  private void expect(ConversationId conversation, long head) {
    if (head > larges.highest(conversation)) {
      larges.seen(conversation, head);
      expect(conversation, head, larges.users(conversation).iterator());
    }
  }

  /** Thousands may ask the log now: some at a time. */
  private void expect(ConversationId conversation, long head, Iterator<UserId> users) {
    LoopTurn turn = new LoopTurn();
    while (users.hasNext() && !turn.isOver()) {
      for (Connection connection : connections.of(users.next())) {
        ConversationFeed feed = connection.knownFeed(conversation);
        if (feed != null) {
          feed.stream.expect(head);
          repair.check(connection, feed);
        }
      }
    }
    if (users.hasNext()) {
      context.owner().setTimer(LoopTurn.PAUSE_MS, next -> expect(conversation, head, users));
    }
  }
}
