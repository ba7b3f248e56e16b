package chat.parley.sync;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.bus.QueryMessages.InboxItem;
import chat.parley.bus.QueryMessages.InboxPage;
import chat.parley.bus.QueryMessages.InboxQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.cursor.Cursors;
import chat.parley.event.Change;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The conversation list, computed when asked for: one read for the user's list and a few for each
 * conversation. A projection that is kept up to date takes its place when lists grow long.
 */
final class InboxReader {
  private static final int MAX_PAGE = 100;

  private record Line(InboxItem item, long activity) {
    String cursor() {
      return activity + "~" + item.conversation().conversationId();
    }

    /** Whether it comes after this place: it is older, or as old with a lower id. */
    boolean isAfter(long otherActivity, String otherId) {
      return activity < otherActivity
          || activity == otherActivity
              && item.conversation().conversationId().value().compareTo(otherId) < 0;
    }
  }

  private final HistoryReader history;
  private final ConversationReader details;
  private final MessageLog log;
  private final Conversations conversations;
  private final Cursors cursors;

  InboxReader(
      HistoryReader history,
      ConversationReader details,
      MessageLog log,
      Conversations conversations,
      Cursors cursors) {
    this.history = history;
    this.details = details;
    this.log = log;
    this.conversations = conversations;
    this.cursors = cursors;
  }

  Future<InboxPage> inbox(InboxQuery query) {
    int limit = query.limit() <= 0 ? MAX_PAGE : Math.min(query.limit(), MAX_PAGE);
    return Future.all(conversations.ofUser(query.userId()), cursors.readBy(query.userId()))
        .compose(
            both -> {
              List<Membership> memberships = both.resultAt(0);
              Map<ConversationId, Long> read = both.resultAt(1);
              return Future.all(
                  memberships.stream()
                      .filter(Membership::lasts)
                      .map(
                          membership ->
                              line(
                                  query.userId(),
                                  membership,
                                  read.getOrDefault(membership.conversationId(), 0L)))
                      .toList());
            })
        .map(lines -> page(lines.<Line>list(), query.cursor(), limit));
  }

  private static InboxPage page(List<Line> lines, String cursor, int limit) {
    List<Line> ordered =
        lines.stream()
            .sorted(
                Comparator.comparingLong(Line::activity)
                    .thenComparing(line -> line.item().conversation().conversationId().value())
                    .reversed())
            .toList();
    int start = cursor == null ? 0 : firstAfter(ordered, cursor);
    int end = Math.min(ordered.size(), start + limit);
    return new InboxPage(
        ordered.subList(start, end).stream().map(Line::item).toList(),
        end < ordered.size() ? ordered.get(end - 1).cursor() : null);
  }

  /** By its place in the order: the line that the cursor names may have moved up meanwhile. */
  private static int firstAfter(List<Line> ordered, String cursor) {
    int separator = cursor.indexOf('~');
    try {
      long activity = Long.parseLong(cursor, 0, separator, 10);
      String id = cursor.substring(separator + 1);
      int i = 0;
      while (i < ordered.size() && !ordered.get(i).isAfter(activity, id)) {
        i++;
      }
      return i;
    } catch (NumberFormatException | IndexOutOfBoundsException notOurs) {
      throw new FailureException(Failure.BAD_REQUEST, "cursor is none of this list's");
    }
  }

  private Future<Line> line(UserId user, Membership membership, long readSeq) {
    ConversationId id = membership.conversationId();
    return history
        .view(user, id)
        .compose(
            view ->
                Future.all(
                        details.ofMember(user, id),
                        history.newestMessage(id, view),
                        seqBefore(id, membership.joinedChangeSeq(), readSeq))
                    .map(
                        all -> {
                          ConversationView conversation = all.resultAt(0);
                          Change last = all.resultAt(1);
                          long from = Math.max(readSeq, all.<Long>resultAt(2));
                          return new Line(
                              new InboxItem(
                                  conversation,
                                  view.head().seq(),
                                  view.head().changeSeq(),
                                  last,
                                  Math.max(0, view.head().seq() - from),
                                  readSeq),
                              last == null ? conversation.createdAt() : last.committedAt());
                        }));
  }

  /** Messages before the join are none of the user's unread ones. */
  private Future<Long> seqBefore(ConversationId id, long joined, long readSeq) {
    if (joined < 1 || readSeq > 0) {
      return Future.succeededFuture(0L);
    }
    return log.ascending(id, joined, joined, 1).map(rows -> rows.get(0).seq());
  }
}
