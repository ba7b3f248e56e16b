package chat.parley.sync;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.bus.QueryMessages.ChangesQuery;
import chat.parley.bus.QueryMessages.MessageFound;
import chat.parley.bus.QueryMessages.MessageQuery;
import chat.parley.bus.QueryMessages.MessagesPage;
import chat.parley.bus.QueryMessages.MessagesQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Standing;
import chat.parley.conversation.Standing.Range;
import chat.parley.event.Alteration;
import chat.parley.event.Change;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.registry.ShardRouter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Pages of changes and messages, of what the asking user may see, up to the head that the owner has
 * settled.
 */
final class HistoryReader {
  static final int MAX_CHANGES = 500;
  static final int MAX_MESSAGES = 100;
  private static final int WINDOW = 100;

  /** Of a page: pages wait at gateways for devices that are slow to take them. */
  private static final int MAX_PAGE_BYTES = 262_144;

  private final MessageLog log;
  private final LatestStates states;
  private final Conversations conversations;
  private final ShardRouter router;

  HistoryReader(
      MessageLog log, LatestStates states, Conversations conversations, ShardRouter router) {
    this.log = log;
    this.states = states;
    this.conversations = conversations;
    this.router = router;
  }

  /** What the user may read now; fails as {@link Conversations#standing}. */
  Future<View> view(UserId user, ConversationId conversation) {
    return head(conversation).compose(head -> view(user, conversation, head));
  }

  /** The same up to a head that was asked for before this call. */
  Future<View> view(UserId user, ConversationId conversation, Position head) {
    return Future.all(
            conversations.standing(conversation, user), conversations.history(conversation))
        .map(
            both -> {
              Standing standing = both.resultAt(0);
              HistoryVisibility history = both.resultAt(1);
              return view(head, standing, standing.readable(head.changeSeq(), history));
            });
  }

  /** What is delivered to the user; fails like {@link #view}. */
  private Future<View> deliveries(UserId user, ConversationId conversation) {
    return head(conversation)
        .compose(
            head ->
                conversations
                    .standing(conversation, user)
                    .map(standing -> view(head, standing, standing.delivered(head.changeSeq()))));
  }

  private static View view(Position head, Standing standing, List<Range> ranges) {
    return new View(head, ranges, standing.current().isPresent());
  }

  private Future<Position> head(ConversationId conversation) {
    return router.heads(Set.of(conversation)).map(heads -> heads.get(conversation));
  }

  Future<ChangesPage> changes(ChangesQuery query) {
    Future<View> shown =
        query.delivered()
            ? deliveries(query.userId(), query.conversationId())
            : view(query.userId(), query.conversationId());
    return shown.compose(view -> changes(query, view));
  }

  /**
   * What is delivered to the user up to a head that was asked for before this call, so that no
   * owner is asked again.
   */
  Future<ChangesPage> delivered(ChangesQuery query, Position head) {
    return conversations
        .standing(query.conversationId(), query.userId())
        .compose(
            standing -> changes(query, view(head, standing, standing.delivered(head.changeSeq()))));
  }

  private Future<ChangesPage> changes(ChangesQuery query, View view) {
    return ascending(
            query.conversationId(),
            view.above(query.after()),
            clamp(query.limit(), MAX_CHANGES),
            any -> true,
            new ArrayList<>())
        .compose(items -> states.of(query.conversationId(), view, items, items))
        .compose(items -> withoutHidden(query.conversationId(), view, items))
        .compose(items -> page(query, view, items))
        .map(page -> page.within(MAX_PAGE_BYTES));
  }

  /**
   * An edit or a delete of a message that the user may not read comes without the message. What is
   * delivered begins at a join, so only where such a message lies before it is it asked whether the
   * past is open.
   */
  private Future<List<Change>> withoutHidden(
      ConversationId conversation, View view, List<Change> items) {
    return items.stream().noneMatch(item -> isOfUnseen(item, view))
        ? Future.succeededFuture(items)
        : conversations
            .history(conversation)
            .map(
                history ->
                    history == HistoryVisibility.ALL
                        ? items
                        : items.stream()
                            .map(
                                item ->
                                    isOfUnseen(item, view) ? Alteration.withoutMessage(item) : item)
                            .toList());
  }

  private static boolean isOfUnseen(Change item, View view) {
    return Alteration.isWhole(item) && !view.covers(Alteration.target(item));
  }

  private Future<ChangesPage> page(ChangesQuery query, View view, List<Change> items) {
    long last = items.isEmpty() ? query.after() : items.get(items.size() - 1).changeSeq();
    boolean hasMore = last < view.last();
    if (view.last() == view.head().changeSeq()) {
      return Future.succeededFuture(
          new ChangesPage(items, view.last(), view.head().seq(), hasMore, !view.isMember()));
    }
    return log.ascending(query.conversationId(), view.last(), view.last(), 1)
        .map(
            rows ->
                new ChangesPage(
                    items,
                    view.last(),
                    rows.isEmpty() ? 0 : rows.get(0).seq(),
                    hasMore,
                    !view.isMember()));
  }

  Future<MessagesPage> messages(MessagesQuery query) {
    return view(query.userId(), query.conversationId()).compose(view -> messages(query, view));
  }

  /** The same of a view that is known. */
  Future<MessagesPage> messages(MessagesQuery query, View view) {
    int limit = clamp(query.limit(), MAX_MESSAGES);
    return switch (query.direction()) {
      case LATEST -> newestBelow(query, view, Long.MAX_VALUE, limit).map(HistoryReader::bounded);
      case BEFORE -> newestBelow(query, view, query.changeSeq(), limit).map(HistoryReader::bounded);
      case AFTER -> oldestAbove(query, view, query.changeSeq(), limit).map(HistoryReader::bounded);
      case AROUND -> around(query, view, limit);
    };
  }

  /** Each page begins at the number that was asked for, so that the far end is what is cut. */
  private static MessagesPage bounded(MessagesPage page) {
    return page.within(MAX_PAGE_BYTES);
  }

  private Future<MessagesPage> newestBelow(MessagesQuery query, View view, long before, int limit) {
    List<Change> read = new ArrayList<>();
    return descending(query.conversationId(), view.below(before), limit + 1, read)
        .map(found -> cut(found, limit))
        .compose(page -> latest(query, view, page, read));
  }

  private Future<MessagesPage> oldestAbove(MessagesQuery query, View view, long after, int limit) {
    return ascending(
            query.conversationId(),
            view.above(after),
            limit + 1,
            change -> change.type().isMessage(),
            new ArrayList<>())
        .map(found -> cut(found, limit))
        .compose(page -> latest(query, view, page, List.of()));
  }

  private Future<MessagesPage> latest(
      MessagesQuery query, View view, MessagesPage page, List<Change> read) {
    return states
        .of(query.conversationId(), view, page.items(), read)
        .map(items -> new MessagesPage(items, page.hasMore()));
  }

  /**
   * Newest first, the given number among them; more on either side counts as more. Either side has
   * half of the bytes, and loses what is farthest from the given number.
   */
  private Future<MessagesPage> around(MessagesQuery query, View view, int limit) {
    int older = (limit + 1) / 2;
    int newer = limit - older;
    long middle = Math.min(query.changeSeq(), Long.MAX_VALUE - 1);
    Future<MessagesPage> upTo = newestBelow(query, view, middle + 1, older);
    Future<MessagesPage> from = oldestAbove(query, view, middle, Math.max(1, newer));
    return Future.all(upTo, from)
        .map(
            both -> {
              MessagesPage upper = from.result().within(MAX_PAGE_BYTES / 2);
              MessagesPage lower = upTo.result().within(MAX_PAGE_BYTES / 2);
              List<Change> above = upper.items();
              List<Change> items = new ArrayList<>(newer == 0 ? List.of() : above);
              boolean moreAbove = upper.hasMore() || items.size() < above.size();
              items.addAll(lower.items());
              items.sort(Comparator.comparingLong(Change::changeSeq).reversed());
              return new MessagesPage(items, lower.hasMore() || moreAbove);
            });
  }

  Future<MessageFound> message(MessageQuery query) {
    return view(query.userId(), query.conversationId())
        .compose(
            view ->
                message(query, view)
                    .compose(found -> states.of(query.conversationId(), view, found, List.of())))
        .map(found -> new MessageFound(found.get(0)));
  }

  private Future<List<Change>> message(MessageQuery query, View view) {
    long number = query.changeSeq();
    Future<List<Change>> found =
        view.covers(number)
            ? log.ascending(query.conversationId(), number, number, 1)
            : Future.succeededFuture(List.of());
    return found.map(
        rows -> {
          if (rows.isEmpty() || !rows.get(0).type().isMessage()) {
            throw new FailureException(Failure.NOT_FOUND, "no such message");
          }
          return rows;
        });
  }

  /** The newest message up to this number of what the view shows; null where there is none. */
  Future<Change> newestMessage(ConversationId conversation, View view, long upTo) {
    List<Change> read = new ArrayList<>();
    return descending(conversation, view.below(upTo + 1), 1, read)
        .compose(found -> states.of(conversation, view, found, read))
        .map(found -> found.isEmpty() ? null : found.get(0));
  }

  private Future<List<Change>> ascending(
      ConversationId conversation,
      List<Range> ranges,
      int limit,
      Predicate<Change> wanted,
      List<Change> found) {
    if (ranges.isEmpty() || found.size() >= limit) {
      return Future.succeededFuture(found);
    }
    Range range = ranges.get(0);
    int window = Math.max(limit - found.size(), WINDOW);
    return log.ascending(conversation, range.from(), range.to(), window)
        .compose(
            rows -> {
              rows.stream().filter(wanted).limit(limit - found.size()).forEach(found::add);
              long next = range.from() + rows.size();
              List<Range> rest = new ArrayList<>(ranges.subList(1, ranges.size()));
              if (next <= range.to()) {
                rest.add(0, new Range(next, range.to()));
              }
              return ascending(conversation, rest, limit, wanted, found);
            });
  }

  /** Messages, newest first; {@code read} gets everything that was read to find them. */
  private Future<List<Change>> descending(
      ConversationId conversation, List<Range> ranges, int limit, List<Change> read) {
    List<Change> found = read.stream().filter(change -> change.type().isMessage()).toList();
    if (ranges.isEmpty() || found.size() >= limit) {
      return Future.succeededFuture(found.size() > limit ? found.subList(0, limit) : found);
    }
    Range range = ranges.get(0);
    // Where many changes are no messages, ever more are read at a time.
    int window = Math.max(limit - found.size(), Math.min(WINDOW, read.size() - found.size()));
    return log.descending(conversation, range.to(), range.from(), window)
        .compose(
            rows -> {
              read.addAll(rows);
              long next = range.to() - rows.size();
              List<Range> rest = new ArrayList<>(ranges.subList(1, ranges.size()));
              if (next >= range.from()) {
                rest.add(0, new Range(range.from(), next));
              }
              return descending(conversation, rest, limit, read);
            });
  }

  private static MessagesPage cut(List<Change> found, int limit) {
    return found.size() > limit
        ? new MessagesPage(List.copyOf(found.subList(0, limit)), true)
        : new MessagesPage(found, false);
  }

  private static int clamp(int limit, int max) {
    return limit <= 0 ? max : Math.min(limit, max);
  }
}
