package chat.parley.receipts;

import chat.parley.bus.Failure;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.ReceiptCounts;
import chat.parley.bus.ReceiptMessages.ReceiptsCounted;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Standing;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.log.DamagedLogException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The receipts of the large conversations that are gathered on this node: cursors a user, told to
 * nobody, stored seldom; and counts, told to everybody at each flush at most once a conversation.
 * Where a conversation comes to another node, that one reads the cursors that are stored: what
 * waited for the flush of a node that died is lost, which the next move of each cursor mends. It
 * reads them again after nodes have come or gone, since another one may have gathered in between,
 * and who was told more must not be told less. Belongs to one event loop.
 */
public final class LargeReceipts {
  private static final long MEMBERS_AGE_MS = 60_000;

  /** Of a conversation with more members who has left is looked up that much more seldom. */
  private static final int MEMBERS_A_MINUTE = 5_000;

  private static final long IDLE_MS = 600_000;

  /** In so many steps all is stored: thousands of writes at once would hold up everybody's. */
  static final int STEPS = 10;

  /** Of what a flush leaves so many users at once, where nobody comes back for it. */
  private static final int SLICE = 500;

  /** And of so many conversations. */
  private static final int AT_ONCE = 4;

  private static final long CLOSE_WITHIN_MS = 5_000;

  private static final long NEVER = -1;

  private static final class Book {
    private final Ledger ledger;

    /** Moves are taken in from then on; of one that has not come to that the ledger is empty. */
    private Future<Void> ready;

    private Future<Void> rebuild = Future.succeededFuture();

    /** The view under which it was rebuilt last. */
    private long rebuiltUnder = NEVER;

    /** What cannot be read is not looked at again before. */
    private long notBefore;

    private long lookedAt;
    private int members;
    private long usedAt;

    /** Writes of which nobody knows yet whether they are done; what is not comes back. */
    private final Set<Future<Void>> underWay = new HashSet<>();

    Book(Ledger ledger) {
      this.ledger = ledger;
    }
  }

  private final Conversations conversations;
  private final Cursors cursors;
  private final CursorMover mover;
  private final Consumer<ReceiptsCounted> tell;
  private final BooleanSupplier mayTell;
  private final LargeSettings settings;
  private final Clock clock;
  private final Unreadable unreadable = new Unreadable();
  private final Map<ConversationId, Book> books = new HashMap<>();
  private Future<Void> refreshing = Future.succeededFuture();
  private Set<String> nodes = Set.of();

  /** How often nodes have come or gone. */
  private long view;

  private int step;

  /**
   * {@code heads} are committed ones; {@code tell} hears of counts that have changed, at a flush at
   * which {@code mayTell}.
   */
  public LargeReceipts(
      Conversations conversations,
      Cursors cursors,
      MessageLog log,
      HeadsSoon heads,
      Consumer<ReceiptsCounted> tell,
      BooleanSupplier mayTell,
      LargeSettings settings,
      Clock clock) {
    this.conversations = conversations;
    this.cursors = cursors;
    this.mover = new CursorMover(conversations, cursors, log, heads, clock);
    this.tell = tell;
    this.mayTell = mayTell;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Says which nodes gather receipts now. Where they are others than before, no count is told until
   * what is stored of its conversation was read again. To be called often: a node that comes and
   * goes in between is not noticed.
   */
  void sees(Set<String> gathering) {
    if (!gathering.equals(nodes)) {
      nodes = Set.copyOf(gathering);
      view++;
    }
  }

  /**
   * Takes moves in; completes when they are gathered, or durable where that was asked for, with
   * those that are not where it was asked for a part.
   */
  Future<Moved> move(MoveCursors moves) {
    return mover
        .resolve(moves)
        .compose(
            resolved -> {
              Map<ConversationId, Future<Void>> done = new HashMap<>();
              byConversation(resolved)
                  .forEach((id, own) -> done.put(id, move(id, own, moves.durable())));
              return Future.join(List.copyOf(done.values()))
                  .transform(
                      all -> {
                        done.values().removeIf(Future::succeeded);
                        return new Moved(moves.in(done.keySet()).and(resolved.rest())).to(moves);
                      });
            });
  }

  private static Map<ConversationId, CursorMover.Resolved> byConversation(
      CursorMover.Resolved all) {
    Map<ConversationId, CursorMover.Resolved> parts = new HashMap<>();
    Function<ConversationId, CursorMover.Resolved> part =
        id ->
            parts.computeIfAbsent(
                id,
                any -> new CursorMover.Resolved(new ArrayList<>(), new ArrayList<>(), all.rest()));
    all.delivered().forEach(move -> part.apply(move.conversationId()).delivered().add(move));
    all.read().forEach(move -> part.apply(move.conversationId()).read().add(move));
    return parts;
  }

  private Future<Void> move(
      ConversationId conversation, CursorMover.Resolved moves, boolean durable) {
    return open(conversation)
        .compose(
            book -> {
              Ledger.Writes writes = new Ledger.Writes();
              book.ledger.move(moves, durable, clock.millis(), writes);
              Future<Void> stored = store(book, writes);
              // Of what is said once more the first may still be on its way.
              return durable ? Future.all(List.copyOf(book.underWay)).mapEmpty() : stored;
            });
  }

  /**
   * Who has a message and who read it.
   *
   * @return fails with {@link Failure#NOT_FOUND} where the asker was never in the conversation,
   *     with {@link Failure#NOT_A_MEMBER} where they have left it, or have not joined it though it
   *     is open to all
   */
  Future<ReceiptCounts> counts(ReceiptsQuery query) {
    return conversations
        .standing(query.conversationId(), query.userId())
        .map(Standing::member)
        .compose(asker -> open(query.conversationId()))
        .compose(book -> refresh(query.conversationId(), book).map(book))
        .map(book -> book.ledger.counts(query.seq(), query.userId()))
        .map(counts -> new ReceiptCounts(counts.delivered(), counts.read()))
        .compose(counts -> conversations.toMember(query.conversationId(), query.userId(), counts));
  }

  /**
   * Takes no move in before it knows what is stored, or that nobody can read that: then moves are
   * stored all the same, and there are no counts.
   */
  private Future<Book> open(ConversationId conversation) {
    Book book = books.computeIfAbsent(conversation, any -> new Book(new Ledger(settings)));
    book.usedAt = clock.millis();
    if (book.ready == null || book.ready.failed()) {
      book.ready = unlessUnreadable(refresh(conversation, book));
    }
    return book.ready.map(book);
  }

  private static Future<Void> unlessUnreadable(Future<Void> done) {
    return done.recover(
        cause ->
            DamagedLogException.isUnreadable(cause)
                ? Future.succeededFuture()
                : Future.failedFuture(cause));
  }

  /** Whether it has what other nodes stored before they came or went. */
  private boolean isFresh(Book book) {
    return book.rebuiltUnder == view;
  }

  /** Completes when it is fresh. Moves need not wait for that: a rebuild only ever raises. */
  private Future<Void> refresh(ConversationId conversation, Book book) {
    if (isFresh(book)) {
      return Future.succeededFuture();
    }
    if (book.rebuild.isComplete()) {
      long under = view;
      book.rebuild = rebuild(conversation, book).onSuccess(rebuilt -> book.rebuiltUnder = under);
    }
    return book.rebuild.compose(rebuilt -> refresh(conversation, book));
  }

  private Future<Void> rebuild(ConversationId conversation, Book book) {
    if (book.rebuiltUnder == NEVER) {
      book.lookedAt = clock.millis(); // nobody is in it yet who has left
    }
    return conversations
        .members(conversation)
        .compose(
            members -> {
              List<UserId> users = members.current().stream().map(Stint::userId).toList();
              book.members = users.size();
              return cursors.of(conversation, users);
            })
        .onSuccess(book.ledger::rebuild)
        .onFailure(
            cause -> {
              if (DamagedLogException.isUnreadable(cause)) {
                unreadable.warn(conversation, cause);
                book.notBefore = clock.millis() + MEMBERS_AGE_MS;
              }
            })
        .mapEmpty();
  }

  /**
   * Stores what has gathered of a part of the users, and tells counts that have changed once in all
   * parts. To be called {@link #STEPS} times in the length of a flush.
   */
  Future<Void> step() {
    step = (step + 1) % STEPS;
    Future<Void> stored = store(step);
    return step == 0 ? Future.join(stored, tell(), refreshStale()).mapEmpty() : stored;
  }

  /** Tells counts that have changed and stores all that there is, as far as time suffices. */
  Future<Void> close() {
    long begun = System.nanoTime();
    Iterator<Book> all = List.copyOf(books.values()).iterator();
    List<Future<Void>> done = new ArrayList<>(List.of(tell()));
    for (int lane = 0; lane < AT_ONCE; lane++) {
      done.add(Rounds.whileMore(new Closing(all, begun)::round));
    }
    return Future.join(done).mapEmpty();
  }

  /** Stores the rest of one conversation after the other, until time is up. */
  private final class Closing {
    private final Iterator<Book> all;
    private final long begun;
    private Book book;

    Closing(Iterator<Book> all, long begun) {
      this.all = all;
      this.begun = begun;
    }

    /** Stores a slice. One that fails costs its conversation the rest, and no other. */
    Future<Boolean> round() {
      if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) > CLOSE_WITHIN_MS) {
        return Future.succeededFuture(false);
      }
      if (book == null) {
        if (!all.hasNext()) {
          return Future.succeededFuture(false);
        }
        book = all.next();
      }
      if (!book.ready.succeeded() || isStored(book)) {
        book = null;
        return Future.succeededFuture(true);
      }
      Future<Void> written =
          book.underWay.isEmpty()
              ? store(book, book.ledger.rest(clock.millis(), SLICE))
              : Future.join(List.copyOf(book.underWay)).<Void>mapEmpty().otherwiseEmpty();
      return written.transform(
          done -> {
            if (done.failed()) {
              book = null;
            }
            return Future.succeededFuture(true);
          });
    }
  }

  private Future<Void> store(int part) {
    List<Future<Void>> stored = new ArrayList<>();
    int left = AT_ONCE;
    for (Book book : books.values()) {
      if (book.ready.succeeded()) {
        boolean all = isIdle(book) && !book.ledger.isStored() && left-- > 0;
        stored.add(
            store(
                book,
                all
                    ? book.ledger.rest(clock.millis(), SLICE)
                    : book.ledger.flush(clock.millis(), part, STEPS)));
      }
    }
    return Future.join(stored).mapEmpty();
  }

  private boolean isIdle(Book book) {
    return clock.millis() - book.usedAt > IDLE_MS;
  }

  private Future<Void> tell() {
    List<Future<Void>> looks = new ArrayList<>();
    for (Iterator<Map.Entry<ConversationId, Book>> all = books.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<ConversationId, Book> entry = all.next();
      Book book = entry.getValue();
      if (book.ready.succeeded() && isFresh(book)) {
        looks.add(
            lookForLeavers(entry.getKey(), book)
                .onComplete(looked -> tellNews(entry.getKey(), book.ledger)));
      }
      if (isIdle(book) && isStored(book)) {
        all.remove(); // else who asks next would be told less than others were
      }
    }
    return Future.join(looks).mapEmpty();
  }

  /**
   * Makes those fresh of which there is something to tell, a few at once and one after the other,
   * and tells it; the others wait until they are asked. One that fails waits for the next flush.
   */
  private Future<Void> refreshStale() {
    if (!refreshing.isComplete()) {
      return Future.succeededFuture();
    }
    Iterator<Map.Entry<ConversationId, Book>> stale =
        books.entrySet().stream().filter(entry -> isDue(entry.getValue())).toList().iterator();
    List<Future<Void>> told = new ArrayList<>();
    List<Future<Void>> lanes = new ArrayList<>();
    for (int lane = 0; lane < AT_ONCE; lane++) {
      lanes.add(
          Rounds.whileMore(
              () -> {
                if (!stale.hasNext()) {
                  return Future.succeededFuture(false);
                }
                Map.Entry<ConversationId, Book> next = stale.next();
                Future<Void> one = refreshAndTell(next.getKey(), next.getValue());
                told.add(one);
                return one.transform(done -> Future.succeededFuture(true));
              }));
    }
    refreshing = Future.join(lanes).compose(done -> Future.join(told).mapEmpty());
    return refreshing;
  }

  private boolean isDue(Book book) {
    return book.ready.succeeded()
        && !isFresh(book)
        && book.ledger.hasNews()
        && clock.millis() >= book.notBefore;
  }

  private Future<Void> refreshAndTell(ConversationId conversation, Book book) {
    return unlessUnreadable(
        refresh(conversation, book).onSuccess(fresh -> tellNews(conversation, book.ledger)));
  }

  private static boolean isStored(Book book) {
    return book.ready.failed() || book.underWay.isEmpty() && book.ledger.isStored();
  }

  /** Who has left is counted until then; nobody who reads no more asks for more reads. */
  private Future<Void> lookForLeavers(ConversationId conversation, Book book) {
    long age = MEMBERS_AGE_MS * Math.max(1, book.members / MEMBERS_A_MINUTE);
    if (!book.ledger.hasNews() || clock.millis() - book.lookedAt < age) {
      return Future.succeededFuture();
    }
    book.lookedAt = clock.millis();
    return conversations
        .members(conversation)
        .onSuccess(
            members -> {
              Set<UserId> current = new HashSet<>();
              members.current().forEach(stint -> current.add(stint.userId()));
              book.members = current.size();
              store(book, book.ledger.flush(clock.millis()));
              book.ledger.keepOnly(current);
            })
        .onFailure(notRead -> book.lookedAt += MEMBERS_AGE_MS - age)
        .mapEmpty();
  }

  private void tellNews(ConversationId conversation, Ledger ledger) {
    Ledger.Counts news = ledger.hasNews() && mayTell.getAsBoolean() ? ledger.news() : null;
    if (news != null) {
      tell.accept(new ReceiptsCounted(conversation, news.seq(), news.delivered(), news.read()));
    }
  }

  private Future<Void> store(Book book, Ledger.Writes writes) {
    if (writes.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> ended = Promise.promise();
    book.underWay.add(ended.future());
    cursors
        .move(writes.delivered(), writes.read())
        .onComplete(
            stored -> {
              if (stored.failed()) {
                book.ledger.unstored(writes);
              }
              book.underWay.remove(ended.future());
              ended.handle(stored);
            });
    return ended.future();
  }
}
