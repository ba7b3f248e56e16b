package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.bus.QueryMessages.Cursor;
import chat.parley.bus.QueryMessages.SyncItem;
import chat.parley.bus.QueryMessages.SyncPlan;
import chat.parley.bus.QueryMessages.SyncPlanQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Brings a device that has just connected up to date: {@code sync.begin}, what it lacks, {@code
 * sync.end}, and only then what came live meanwhile.
 */
final class SyncFence {
  private static final int ATTEMPTS = 4;
  private static final long FIRST_WAIT_MS = 250;

  /** Conversations one after the other that cannot be read: from then on it is not they alone. */
  private static final int MOST_UNREADABLE = 3;

  /** Conversations of one device whose pages are read at once: it bounds what a device may hold. */
  private static final int READ_AHEAD = 6;

  /**
   * Pages that are read ahead of their turn at once, by all: devices that do not read would hold
   * them for long, and nobody else counts them.
   */
  private static final int MOST_AHEAD = 256;

  private final Vertx vertx;
  private final Bus bus;
  private final LogPages pages;
  private final SyncTurns turns;
  private final LargeConversations larges;
  private final GapRepair repair;
  private final GatewaySettings settings;
  private int ahead;

  SyncFence(
      Vertx vertx,
      Bus bus,
      LogPages pages,
      SyncTurns turns,
      LargeConversations larges,
      GapRepair repair,
      GatewaySettings settings) {
    this.vertx = vertx;
    this.bus = bus;
    this.pages = pages;
    this.turns = turns;
    this.larges = larges;
    this.repair = repair;
    this.settings = settings;
  }

  /**
   * Carries the sync out. Where the log cannot be asked for too long the connection is closed to
   * try again. Where it is one conversation that cannot be read, its user gets all the others, and
   * the gap is asked for from then on as one of live delivery is.
   */
  void run(Connection connection, Map<ConversationId, Long> cursors) {
    List<Cursor> own =
        cursors.entrySet().stream().map(c -> new Cursor(c.getKey(), c.getValue())).toList();
    SyncPlanQuery question =
        new SyncPlanQuery(connection.principal().userId(), connection.principal().deviceId(), own);
    long askedAt = System.nanoTime();
    persistently(
            connection,
            () ->
                turns.begin(
                    () ->
                        whileOpen(
                            connection,
                            () -> bus.request(Addresses.QUERIES, question, SyncPlan.class))),
            1)
        .compose(plan -> stream(connection, plan, askedAt))
        .onFailure(
            cause -> {
              if (connection.isOpen()) {
                connection.write(ServerFrames.error(null, cause));
                connection.close(CloseCode.TRY_AGAIN);
              }
            });
  }

  private Future<Void> stream(Connection connection, SyncPlan plan, long askedAt) {
    connection.write(ServerFrames.of("sync.begin", new JsonObject()));
    Deque<SyncItem> behind = new ArrayDeque<>();
    for (SyncItem item : plan.items()) {
      ConversationFeed feed = connection.feed(item.conversationId());
      long lacks = item.headChangeSeq() - item.after();
      if (item.ended()) {
        feed.endedAt(item.headChangeSeq());
      }
      if (lacks > settings.syncBudget()) {
        connection.write(GapRepair.reset(feed, item.headChangeSeq(), item.headSeq()));
        feed.stream.startAt(item.headChangeSeq(), item.ended());
        feed.reaches(item.headSeq());
      } else {
        // A cursor beyond the head is not believed: it would silence the conversation.
        feed.stream.startAt(Math.min(item.after(), item.headChangeSeq()), false);
        if (lacks > 0) {
          behind.add(item);
        } else {
          feed.reaches(item.headSeq());
        }
      }
    }
    return enterLarge(connection, plan, askedAt)
        .compose(
            anew -> {
              behind.removeIf(anew::contains);
              behind.addAll(anew);
              return new ReadAhead(connection, behind).streamAll();
            })
        .map(done -> finish(connection, plan));
  }

  /**
   * Makes this gateway interested in the user's large conversations. What is committed after that
   * comes here. Of those that it was interested in since before the plan was asked for, what it may
   * have passed over meanwhile, not knowing yet that this user is in them, is known by its number.
   *
   * @return the others: something may have passed between the plan's head and the interest, so the
   *     log must be asked once more
   */
  private Future<List<SyncItem>> enterLarge(Connection connection, SyncPlan plan, long askedAt) {
    List<SyncItem> anew = new ArrayList<>();
    List<Future<Void>> entered = new ArrayList<>();
    for (SyncItem item : plan.items()) {
      if (item.large()) {
        ConversationId id = item.conversationId();
        boolean before = larges.hasAllSince(id, askedAt);
        UserId user = connection.principal().userId();
        entered.add(larges.enter(id, user, item.after() + 1, item.joined()));
        if (before) {
          connection.feed(id).stream.expect(larges.highest(id));
        } else {
          anew.add(item);
        }
        larges.seen(id, item.headChangeSeq());
      }
    }
    return Future.all(entered).map(anew);
  }

  /** In the plan's order; first pages of the next ones are asked for while one goes out. */
  private final class ReadAhead {
    private record First(SyncItem item, Future<ChangesPage> page, boolean ahead) {}

    private final Connection connection;
    private final Deque<SyncItem> behind;
    private final Deque<First> asked = new ArrayDeque<>();
    private int unreadable;

    ReadAhead(Connection connection, Deque<SyncItem> behind) {
      this.connection = connection;
      this.behind = behind;
    }

    Future<Void> streamAll() {
      return Rounds.whileMore(this::streamFirst).onComplete(done -> asked.forEach(this::taken));
    }

    /** Whether there was one. */
    private Future<Boolean> streamFirst() {
      while (!behind.isEmpty() && mayAsk()) {
        SyncItem item = behind.poll();
        boolean early = !asked.isEmpty();
        ahead += early ? 1 : 0;
        asked.add(new First(item, page(connection, item), early));
      }
      First first = asked.poll();
      if (first == null) {
        return Future.succeededFuture(false);
      }
      taken(first);
      return streamOne(connection, first.item(), first.page())
          .onSuccess(done -> unreadable = 0)
          .recover(cause -> leaveOut(first.item(), cause))
          .map(true);
    }

    private Future<Void> leaveOut(SyncItem item, Throwable cause) {
      if (!connection.isOpen() || ++unreadable > MOST_UNREADABLE) {
        return Future.failedFuture(cause);
      }
      connection.feed(item.conversationId()).stream.expect(item.headChangeSeq());
      return Future.succeededFuture();
    }

    private boolean mayAsk() {
      return asked.isEmpty() || asked.size() < READ_AHEAD && ahead < MOST_AHEAD;
    }

    private void taken(First first) {
      ahead -= first.ahead() ? 1 : 0;
    }
  }

  private Future<ChangesPage> page(Connection connection, SyncItem item) {
    long after = connection.feed(item.conversationId()).stream.fillFrom();
    return persistently(
        connection,
        () ->
            turns.goOn(
                () ->
                    whileOpen(
                        connection, () -> pages.due(connection, item.conversationId(), after))),
        1);
  }

  private Future<Void> streamOne(Connection connection, SyncItem item, Future<ChangesPage> asked) {
    ConversationFeed feed = connection.feed(item.conversationId());
    long after = feed.stream.fillFrom();
    return asked
        .compose(
            page -> {
              if (item.large()) {
                feed.stream.expect(page.headChangeSeq());
              }
              return pages
                  .pour(connection, feed, page.items())
                  .compose(
                      poured ->
                          page.hasMore()
                                  && feed.stream.position() > after
                                  && feed.stream.position() < item.headChangeSeq()
                              ? streamOne(connection, item, page(connection, item))
                              : Future.succeededFuture());
            })
        .recover(
            cause ->
                LogPages.isRefused(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
  }

  private Void finish(Connection connection, SyncPlan plan) {
    if (!connection.isOpen()) {
      return null;
    }
    JsonObject heads = new JsonObject();
    for (SyncItem item : plan.items()) {
      heads.put(
          item.conversationId().value(), connection.feed(item.conversationId()).stream.position());
    }
    connection.write(ServerFrames.of("sync.end", new JsonObject().put("heads", heads)));
    connection.live();
    for (ConversationFeed feed : List.copyOf(connection.feeds())) {
      connection.write(feed, feed.stream.open());
      repair.check(connection, feed);
    }
    return null;
  }

  /** Who is gone when their turn comes has no more questions. */
  private static <T> Future<T> whileOpen(Connection connection, Supplier<Future<T>> question) {
    return connection.isOpen() ? question.get() : Future.failedFuture("the connection is closed");
  }

  private <T> Future<T> persistently(
      Connection connection, Supplier<Future<T>> question, int attempt) {
    return question
        .get()
        .recover(
            cause ->
                attempt == ATTEMPTS || LogPages.isRefused(cause) || !connection.isOpen()
                    ? Future.failedFuture(cause)
                    : vertx
                        .timer(FIRST_WAIT_MS << attempt)
                        .compose(waited -> persistently(connection, question, attempt + 1)));
  }
}
