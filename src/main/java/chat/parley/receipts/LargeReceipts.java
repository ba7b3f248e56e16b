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
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The receipts of the large conversations that are gathered on this node: cursors a user, told to
 * nobody, stored seldom; and counts, told to everybody at each flush at most once a conversation.
 * Where a conversation comes to another node, that one reads the cursors that are stored: what
 * waited for the flush of a node that died is lost, which the next move of each cursor mends.
 * Belongs to one event loop.
 */
public final class LargeReceipts {
  private static final long MEMBERS_AGE_MS = 60_000;

  /** Of a conversation with more members who has left is looked up that much more seldom. */
  private static final int MEMBERS_A_MINUTE = 5_000;

  private static final long IDLE_MS = 600_000;

  /** In so many steps all is stored: thousands of writes at once would hold up everybody's. */
  static final int STEPS = 10;

  private static final class Book {
    private final Ledger ledger;
    private Future<Void> ready;
    private long lookedAt;
    private int members;
    private long usedAt;

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
  private final Map<ConversationId, Book> books = new HashMap<>();
  private int step;

  /**
   * {@code heads} gives committed heads; {@code tell} hears of counts that have changed, at a flush
   * at which {@code mayTell}.
   */
  public LargeReceipts(
      Conversations conversations,
      Cursors cursors,
      MessageLog log,
      Function<Collection<ConversationId>, Future<Map<ConversationId, Position>>> heads,
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

  /** Takes moves in; completes when they are gathered, or durable where that was asked for. */
  Future<Moved> move(MoveCursors moves) {
    return mover
        .resolve(moves)
        .compose(
            resolved -> {
              List<Future<Void>> done = new ArrayList<>();
              byConversation(resolved)
                  .forEach((id, own) -> done.add(move(id, own, moves.durable())));
              return Future.join(done);
            })
        .map(new Moved());
  }

  private static Map<ConversationId, CursorMover.Resolved> byConversation(
      CursorMover.Resolved all) {
    Map<ConversationId, CursorMover.Resolved> parts = new HashMap<>();
    all.delivered().forEach(move -> part(parts, move.conversationId()).delivered().add(move));
    all.read().forEach(move -> part(parts, move.conversationId()).read().add(move));
    return parts;
  }

  private static CursorMover.Resolved part(
      Map<ConversationId, CursorMover.Resolved> parts, ConversationId conversation) {
    return parts.computeIfAbsent(
        conversation, any -> new CursorMover.Resolved(new ArrayList<>(), new ArrayList<>()));
  }

  private Future<Void> move(
      ConversationId conversation, CursorMover.Resolved moves, boolean durable) {
    return open(conversation)
        .compose(
            ledger -> {
              Ledger.Writes writes = new Ledger.Writes();
              ledger.move(moves, durable, clock.millis(), writes);
              return store(ledger, writes);
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
        .map(ledger -> ledger.counts(query.seq(), query.userId()))
        .map(counts -> new ReceiptCounts(counts.delivered(), counts.read()));
  }

  private Future<Ledger> open(ConversationId conversation) {
    Book book = books.computeIfAbsent(conversation, any -> new Book(new Ledger(settings)));
    book.usedAt = clock.millis();
    if (book.ready == null || book.ready.failed()) {
      book.ready = rebuild(conversation, book);
    }
    return book.ready.map(book.ledger);
  }

  private Future<Void> rebuild(ConversationId conversation, Book book) {
    book.lookedAt = clock.millis();
    return conversations
        .members(conversation)
        .compose(
            members -> {
              List<UserId> users = members.current().stream().map(Stint::userId).toList();
              book.members = users.size();
              return cursors.of(conversation, users);
            })
        .onSuccess(book.ledger::rebuild)
        .mapEmpty();
  }

  /**
   * Stores what has gathered of a part of the users, and tells counts that have changed once in all
   * parts. To be called {@link #STEPS} times in the length of a flush.
   */
  Future<Void> step() {
    step = (step + 1) % STEPS;
    Future<Void> stored = store(step, STEPS);
    return step == 0 ? Future.join(stored, tell()).mapEmpty() : stored;
  }

  /** Stores all that has gathered and tells counts that have changed. */
  Future<Void> flush() {
    return Future.join(store(0, 1), tell()).mapEmpty();
  }

  private Future<Void> store(int part, int parts) {
    List<Future<Void>> stored = new ArrayList<>();
    for (Book book : books.values()) {
      if (book.ready.succeeded()) {
        stored.add(store(book.ledger, book.ledger.flush(clock.millis(), part, parts)));
      }
    }
    return Future.join(stored).mapEmpty();
  }

  private Future<Void> tell() {
    List<Future<Void>> looks = new ArrayList<>();
    for (Iterator<Map.Entry<ConversationId, Book>> all = books.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<ConversationId, Book> entry = all.next();
      Book book = entry.getValue();
      if (book.ready.succeeded()) {
        looks.add(
            lookForLeavers(entry.getKey(), book)
                .onComplete(looked -> tellNews(entry.getKey(), book.ledger)));
      }
      if (clock.millis() - book.usedAt > IDLE_MS) {
        all.remove();
      }
    }
    return Future.join(looks).mapEmpty();
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
              store(book.ledger, book.ledger.flush(clock.millis()));
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

  private Future<Void> store(Ledger ledger, Ledger.Writes writes) {
    return writes.isEmpty()
        ? Future.succeededFuture()
        : cursors
            .move(writes.delivered(), writes.read())
            .onFailure(notStored -> ledger.unstored(writes));
  }
}
