package chat.parley.inbox;

import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.ConversationScan.ConversationRow;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.log.ConversationLog;
import chat.parley.log.DamagedLogException;
import chat.parley.log.LogSettings;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import chat.parley.personal.InboxStreams;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Makes the rows of inboxes again from log and membership, beside a system that serves: up to what
 * is known to be in the stream of each conversation, and from there on the stream's consumer goes
 * on. Both write parts that bear their change's number, so whoever comes later does no harm.
 */
public final class Rebuild {
  private static final int PAGE = 100;

  /** Rows that are read, or conversations that are looked at, at once. */
  private static final int WIDTH = 16;

  /** What is in the stream has its mark within so many of the owners' rounds. */
  private static final long MARKED_WITHIN = 3;

  /**
   * How far it has come.
   *
   * @param mended rows that lacked something, or were not there
   * @param failed conversations whose rows could not be made; the other numbers leave out their
   *     rows
   * @param checksum of all rows looked at, as they are now; it does not depend on their order
   */
  public record Tally(long conversations, long rows, long mended, long failed, long checksum) {
    /** Nothing yet. */
    public static final Tally NONE = new Tally(0, 0, 0, 0, 0);

    Tally and(Tally other) {
      return new Tally(
          conversations + other.conversations,
          rows + other.rows,
          mended + other.mended,
          failed + other.failed,
          checksum + other.checksum);
    }
  }

  private static final Tally LEFT_OUT = new Tally(1, 0, 0, 1, 0);

  private final Conversations conversations;
  private final ConversationScan scan;
  private final MessageLog log;
  private final InboxRows rows;
  private final InboxStreams streams;
  private final TrueRows truth;
  private final long marksMs;
  private final Consumer<Tally> progress;
  private final BiConsumer<ConversationId, Throwable> failures;
  private Tally tally = Tally.NONE;

  /** Whether there may be rows that lack something and do not say so. */
  private boolean passesForWhole;

  Rebuild(
      Conversations conversations,
      ConversationScan scan,
      MessageLog log,
      InboxRows rows,
      InboxStreams streams,
      InboxSettings settings,
      LogSettings logSettings,
      Consumer<Tally> progress,
      BiConsumer<ConversationId, Throwable> failures) {
    this.conversations = conversations;
    this.scan = scan;
    this.log = log;
    this.rows = rows;
    this.streams = streams;
    this.truth = new TrueRows(conversations, log, settings.rowsUpTo());
    this.marksMs = MARKED_WITHIN * logSettings.publishedEveryMs();
    this.progress = progress;
    this.failures = failures;
  }

  /**
   * A rebuild over the session; {@code progress} is told after every few conversations, {@code
   * failures} of each whose rows cannot be made, and why.
   */
  public static Future<Rebuild> over(
      CassandraSession session,
      InboxSettings settings,
      LogSettings logSettings,
      Consumer<Tally> progress,
      BiConsumer<ConversationId, Throwable> failures) {
    return Future.all(
            Conversations.over(session),
            ConversationScan.over(session),
            ConversationLog.over(session),
            InboxRows.over(session),
            InboxStreams.over(session))
        .map(
            all ->
                new Rebuild(
                    all.resultAt(0),
                    all.resultAt(1),
                    all.<ConversationLog>resultAt(2).reads(),
                    all.resultAt(3),
                    all.resultAt(4),
                    settings,
                    logSettings,
                    progress,
                    failures));
  }

  /**
   * Everybody's rows. At the end nothing that the streams had lost when it began is missed any
   * more, unless there are rows that could neither be made nor be marked; what they lose while it
   * is under way may be in a conversation that it has left behind.
   */
  public Future<Tally> all() {
    return streams
        .gaps()
        .compose(
            gaps ->
                afterMarks(gaps)
                    .compose(marked -> everything())
                    .compose(
                        done -> passesForWhole ? Future.succeededFuture() : streams.mended(gaps)))
        .map(done -> tally);
  }

  /** What was in the stream and is lost there must be seen by its mark, which comes later. */
  private Future<Void> afterMarks(Map<String, Set<UUID>> gaps) {
    if (gaps.values().stream().allMatch(Set::isEmpty)) {
      return Future.succeededFuture();
    }
    Executor later = CompletableFuture.delayedExecutor(marksMs, TimeUnit.MILLISECONDS);
    return Future.fromCompletionStage(CompletableFuture.runAsync(() -> {}, later));
  }

  private Future<Void> everything() {
    AtomicLong token = new AtomicLong(Long.MIN_VALUE);
    return Rounds.whileMore(
        () -> scan.conversations(token.get(), PAGE).compose(found -> page(found, token)));
  }

  /** Whether it was not the last; the next one begins after this token. */
  private Future<Boolean> page(List<ConversationRow> found, AtomicLong token) {
    if (found.isEmpty()) {
      return Future.succeededFuture(false);
    }
    token.set(found.get(found.size() - 1).token());
    List<ConversationId> ids =
        found.stream().map(ConversationRow::conversation).map(ConversationId::new).toList();
    return each(ids, present -> present).map(true);
  }

  /** One user's rows. */
  public Future<Tally> of(UserId user) {
    return conversations
        .ofUser(user)
        .compose(
            memberships ->
                each(
                    memberships.stream()
                        .filter(Membership::lasts)
                        .map(Membership::conversationId)
                        .toList(),
                    present -> present.stream().filter(user::equals).toList()))
        .map(done -> tally);
  }

  private Future<Void> each(List<ConversationId> ids, UnaryOperator<List<UserId>> choice) {
    return fewAtATime(
        ids,
        some ->
            Future.all(some.stream().map(id -> one(id, choice)).toList())
                .map(
                    done -> {
                      progress.accept(tally);
                      return null;
                    }));
  }

  /** All of them, a few at a time; in rounds, because there may be very many. */
  private static <T> Future<Void> fewAtATime(List<T> all, Function<List<T>, Future<Void>> work) {
    AtomicInteger next = new AtomicInteger();
    return Rounds.whileMore(
        () -> {
          int from = next.getAndAdd(WIDTH);
          return from >= all.size()
              ? Future.succeededFuture(false)
              : work.apply(all.subList(from, Math.min(all.size(), from + WIDTH))).map(true);
        });
  }

  /**
   * What is published is committed, and all that comes after it is still to pass the consumer. A
   * conversation of which something cannot be read must not keep the others from their rows.
   */
  private Future<Void> one(ConversationId conversation, UnaryOperator<List<UserId>> choice) {
    return log.published(conversation)
        .compose(
            place ->
                truth
                    .at(conversation, place, choice)
                    .compose(this::mend)
                    .recover(
                        cause ->
                            DamagedLogException.isUnreadable(cause)
                                ? leaveOut(conversation, place, choice, cause)
                                : Future.failedFuture(cause)))
        .recover(
            cause -> {
              if (!DamagedLogException.isUnreadable(cause)) {
                return Future.failedFuture(cause);
              }
              failures.accept(conversation, cause);
              passesForWhole = true;
              return Future.succeededFuture(LEFT_OUT);
            })
        .map(
            done -> {
              tally = tally.and(done);
              return null;
            });
  }

  /** Its rows say so, and syncs ask for its head. */
  private Future<Tally> leaveOut(
      ConversationId conversation,
      Position place,
      UnaryOperator<List<UserId>> choice,
      Throwable cause) {
    return truth
        .untold(conversation, place, choice)
        .compose(notes -> fewAtATime(notes, rows::note))
        .map(
            marked -> {
              failures.accept(conversation, cause);
              return LEFT_OUT;
            });
  }

  private Future<Tally> mend(List<InboxNote> notes) {
    AtomicReference<Tally> sum = new AtomicReference<>(new Tally(1, notes.size(), 0, 0, 0));
    return fewAtATime(
            notes,
            some ->
                mendSome(some)
                    .map(
                        done -> {
                          sum.set(sum.get().and(done));
                          return null;
                        }))
        .map(done -> sum.get());
  }

  private Future<Tally> mendSome(List<InboxNote> notes) {
    List<Future<Optional<InboxRow>>> stored =
        notes.stream().map(note -> rows.of(note.userId(), note.conversationId())).toList();
    return Future.all(stored)
        .compose(
            read -> {
              List<InboxNote> lacking = new ArrayList<>();
              long checksum = 0;
              for (int i = 0; i < notes.size(); i++) {
                InboxNote note = notes.get(i);
                Optional<InboxRow> row = stored.get(i).result();
                if (RowCheck.lacks(row, note)) {
                  lacking.add(note);
                }
                checksum += RowCheck.checksum(note.userId(), RowCheck.after(row, note));
              }
              return rows.note(lacking).map(new Tally(0, 0, lacking.size(), 0, checksum));
            });
  }
}
