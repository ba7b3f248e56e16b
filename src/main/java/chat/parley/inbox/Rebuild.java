package chat.parley.inbox;

import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.ConversationScan.ConversationRow;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.log.ConversationLog;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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

  /**
   * How far it has come.
   *
   * @param mended rows that lacked something, or were not there
   * @param checksum of all rows looked at, as they are now; it does not depend on their order
   */
  public record Tally(long conversations, long rows, long mended, long checksum) {
    /** Nothing yet. */
    public static final Tally NONE = new Tally(0, 0, 0, 0);

    Tally and(Tally other) {
      return new Tally(
          conversations + other.conversations,
          rows + other.rows,
          mended + other.mended,
          checksum + other.checksum);
    }
  }

  private final Conversations conversations;
  private final ConversationScan scan;
  private final MessageLog log;
  private final InboxRows rows;
  private final TrueRows truth;
  private final Consumer<Tally> progress;
  private Tally tally = Tally.NONE;

  private Rebuild(
      Conversations conversations,
      ConversationScan scan,
      MessageLog log,
      InboxRows rows,
      InboxSettings settings,
      Consumer<Tally> progress) {
    this.conversations = conversations;
    this.scan = scan;
    this.log = log;
    this.rows = rows;
    this.truth = new TrueRows(conversations, log, settings.rowsUpTo());
    this.progress = progress;
  }

  /** A rebuild over the session; {@code progress} is told after every few conversations. */
  public static Future<Rebuild> over(
      CassandraSession session, InboxSettings settings, Consumer<Tally> progress) {
    return Future.all(
            Conversations.over(session),
            ConversationScan.over(session),
            ConversationLog.over(session),
            InboxRows.over(session))
        .map(
            all ->
                new Rebuild(
                    all.resultAt(0),
                    all.resultAt(1),
                    all.<ConversationLog>resultAt(2).reads(),
                    all.resultAt(3),
                    settings,
                    progress));
  }

  /** Everybody's rows. */
  public Future<Tally> all() {
    AtomicLong token = new AtomicLong(Long.MIN_VALUE);
    return Rounds.whileMore(
            () -> scan.conversations(token.get(), PAGE).compose(found -> page(found, token)))
        .map(done -> tally);
  }

  /** Whether it was not the last; the next one begins after this token. */
  private Future<Boolean> page(List<ConversationRow> found, AtomicLong token) {
    if (found.isEmpty()) {
      return Future.succeededFuture(false);
    }
    token.set(found.get(found.size() - 1).token());
    List<ConversationId> ids =
        found.stream().map(ConversationRow::conversation).map(ConversationId::new).toList();
    return each(ids, present -> present, 0).map(true);
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
                    present -> present.stream().filter(user::equals).toList(),
                    0))
        .map(done -> tally);
  }

  private Future<Void> each(
      List<ConversationId> ids, UnaryOperator<List<UserId>> choice, int from) {
    if (from >= ids.size()) {
      return Future.succeededFuture();
    }
    int to = Math.min(ids.size(), from + WIDTH);
    return Future.all(ids.subList(from, to).stream().map(id -> one(id, choice)).toList())
        .compose(
            done -> {
              progress.accept(tally);
              return each(ids, choice, to);
            });
  }

  /** What is published is committed, and all that comes after it is still to pass the consumer. */
  private Future<Void> one(ConversationId conversation, UnaryOperator<List<UserId>> choice) {
    return log.published(conversation)
        .compose(place -> truth.at(conversation, place, choice))
        .compose(notes -> mend(notes, 0, new ArrayList<>(), new Tally(1, notes.size(), 0, 0)))
        .map(
            done -> {
              tally = tally.and(done);
              return null;
            });
  }

  private Future<Tally> mend(List<InboxNote> notes, int from, List<InboxNote> lacking, Tally sum) {
    if (from >= notes.size()) {
      return rows.note(lacking).map(sum);
    }
    List<InboxNote> some = notes.subList(from, Math.min(notes.size(), from + WIDTH));
    List<Future<Optional<InboxRow>>> stored =
        some.stream().map(note -> rows.of(note.userId(), note.conversationId())).toList();
    return Future.all(stored)
        .compose(
            read -> {
              Tally next = sum;
              for (int i = 0; i < some.size(); i++) {
                InboxNote note = some.get(i);
                Optional<InboxRow> row = stored.get(i).result();
                boolean lacks = RowCheck.lacks(row, note);
                if (lacks) {
                  lacking.add(note);
                }
                long checksum = RowCheck.checksum(note.userId(), RowCheck.after(row, note));
                next = next.and(new Tally(0, 0, lacks ? 1 : 0, checksum));
              }
              return mend(notes, from + WIDTH, lacking, next);
            });
  }
}
