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
import chat.parley.log.Calls;
import chat.parley.log.DamagedLogException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxRow;
import chat.parley.personal.PersonalSetting;
import chat.parley.personal.PersonalSetting.Reading;
import chat.parley.personal.PersonalSettings;
import chat.parley.personal.PrivateReceipts;
import chat.parley.sync.UserHeads.Standing;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The conversation list, latest activity first: one partition each for the user's conversations,
 * where they stand, what was read and what was set, and a few reads for each line that is shown.
 * Unread counts are computed here from head and cursor and stored nowhere; what the last message
 * says is read from the log.
 */
final class InboxList {
  private static final int MAX_PAGE = 100;
  private static final int MOST_LAPSES = 9;

  /** What the user's own partitions say of one conversation. */
  private record Own(
      UserId user,
      Membership membership,
      Standing standing,
      long readSeq,
      PersonalSetting setting,
      PrivateReceipts.Choices receipts,
      Lapses lapses) {
    ConversationId id() {
      return membership.conversationId();
    }
  }

  /**
   * Some conversations whose log cannot be read, asked twice, say less in a list, and take no other
   * away. Where they are more it is the store that cannot be read, and the list is not known.
   */
  private static final class Lapses {
    private int left = MOST_LAPSES;

    <T> Future<T> read(Supplier<Future<T>> question, T instead) {
      return question
          .get()
          .recover(cause -> mayBeReadYet(cause) ? question.get() : Future.failedFuture(cause))
          .recover(
              cause ->
                  isOut(cause) || --left < 0
                      ? Future.failedFuture(cause)
                      : Future.succeededFuture(instead));
    }

    private static boolean mayBeReadYet(Throwable cause) {
      return !isOut(cause) && !(cause instanceof DamagedLogException);
    }
  }

  /** Where a line stands in the order; {@code last} is looked up already where that was needed. */
  private record Line(Own own, long activity, Last last) {
    String cursor() {
      return activity + "~" + own.id();
    }

    /** Whether it comes after this place: it is older, or as old with a lower id. */
    boolean isAfter(long otherActivity, String otherId) {
      return activity < otherActivity
          || activity == otherActivity && own.id().value().compareTo(otherId) < 0;
    }
  }

  /** The newest message that the user may see; {@code message} may be null. */
  private record Last(Change message) {}

  private final HistoryReader history;
  private final ConversationReader details;
  private final MessageLog log;
  private final Calls calls;
  private final Conversations conversations;
  private final Cursors cursors;
  private final PersonalSettings settings;
  private final PrivateReceipts receipts;
  private final UserHeads heads;
  private final Clock clock;

  InboxList(
      HistoryReader history,
      ConversationReader details,
      UserHeads heads,
      SyncVerticle.Parts parts) {
    this.history = history;
    this.details = details;
    this.heads = heads;
    this.log = parts.log().reads();
    this.calls = new Calls(log);
    this.conversations = parts.conversations();
    this.cursors = parts.cursors();
    this.settings = parts.settings();
    this.receipts = parts.receipts();
    this.clock = parts.clock();
  }

  Future<InboxPage> page(InboxQuery query) {
    int limit = query.limit() <= 0 ? MAX_PAGE : Math.min(query.limit(), MAX_PAGE);
    return own(query.userId())
        .compose(all -> Future.all(all.stream().map(this::line).toList()))
        .map(lines -> lines.<Line>list().stream().filter(Objects::nonNull).toList())
        .compose(lines -> page(lines, query.cursor(), limit));
  }

  private Future<List<Own>> own(UserId user) {
    return Future.all(
            conversations.ofUser(user),
            cursors.readBy(user),
            settings.ofUser(user),
            receipts.of(user))
        .compose(
            all -> {
              List<Membership> lasting =
                  all.<List<Membership>>resultAt(0).stream().filter(Membership::lasts).toList();
              Map<ConversationId, Long> read = all.resultAt(1);
              Map<ConversationId, PersonalSetting> set = all.resultAt(2);
              PrivateReceipts.Choices chosen = all.resultAt(3);
              Lapses lapses = new Lapses();
              return heads
                  .of(user, lasting.stream().map(Membership::conversationId).toList())
                  .map(
                      standings ->
                          lasting.stream()
                              .map(
                                  one ->
                                      new Own(
                                          user,
                                          one,
                                          standings.get(one.conversationId()),
                                          read.getOrDefault(one.conversationId(), 0L),
                                          set.getOrDefault(
                                              one.conversationId(), PersonalSetting.NONE),
                                          chosen,
                                          lapses))
                              .toList());
            });
  }

  /**
   * Only where the row does not tell must anything else be read to find the line's place; null
   * where the user is not in.
   */
  private Future<Line> line(Own own) {
    if (own.standing().isFollowed()) {
      return Future.succeededFuture(new Line(own, own.standing().row().activeAt(), null));
    }
    return last(own)
        .compose(last -> activity(own, last).map(activity -> new Line(own, activity, last)))
        .recover(cause -> isOut(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
  }

  private Future<Long> activity(Own own, Last last) {
    InboxRow row = own.standing().row();
    long told = row == null ? 0 : row.joinedAt();
    if (last.message() != null) {
      told = Math.max(told, last.message().committedAt());
    } else if (row != null) { // there is none, or it cannot be read
      told = row.activeAt();
    }
    if (told > 0) {
      return Future.succeededFuture(told);
    }
    return conversations
        .find(own.id())
        .map(found -> found.map(conversation -> conversation.createdAt()).orElse(0L));
  }

  /**
   * As it is now: what was done to it up to the head counts. The row knows where the last message
   * is, so that joins and titles after it are not walked.
   */
  private Future<Last> last(Own own) {
    Standing standing = own.standing();
    long head = standing.head().changeSeq();
    boolean known = standing.isFollowed() && standing.row().messageChangeSeq() > 0;
    long from = known ? standing.row().messageChangeSeq() : head;
    return head == 0
        ? Future.succeededFuture(new Last(null))
        : own.lapses()
            .read(
                () ->
                    history
                        .view(own.user(), own.id(), standing.head())
                        .compose(view -> history.newestMessage(own.id(), view, from))
                        .map(Last::new),
                new Last(null));
  }

  private Future<InboxPage> page(List<Line> lines, String cursor, int limit) {
    List<Line> ordered =
        lines.stream()
            .sorted(
                Comparator.comparingLong(Line::activity)
                    .thenComparing(line -> line.own().id().value())
                    .reversed())
            .toList();
    int start = cursor == null ? 0 : firstAfter(ordered, cursor);
    int end = Math.min(ordered.size(), start + limit);
    String next = end < ordered.size() ? ordered.get(end - 1).cursor() : null;
    return Future.all(ordered.subList(start, end).stream().map(this::item).toList())
        .map(
            items ->
                new InboxPage(
                    items.<InboxItem>list().stream().filter(Objects::nonNull).toList(), next));
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

  /** Members are read after the head was asked for; null where the user is gone by then. */
  private Future<InboxItem> item(Line line) {
    Own own = line.own();
    Future<ConversationView> view = details.ofMember(own.user(), own.id());
    Future<Last> last = line.last() == null ? last(own) : Future.succeededFuture(line.last());
    Future<Reading> reading =
        seqBefore(own).compose(before -> reading(own, Math.max(own.readSeq(), before)));
    return Future.all(view, last, reading)
        .map(
            all -> {
              Position head = own.standing().head();
              return new InboxItem(
                  view.result(),
                  head.seq(),
                  head.changeSeq(),
                  last.result().message(),
                  own.setting().state(own.id(), reading.result(), own.receipts(), clock.millis()));
            })
        .recover(cause -> isOut(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
  }

  /** A list may say that a user is in where the members do not say so yet, or any more. */
  private static boolean isOut(Throwable cause) {
    return FailureException.isAnyOf(cause, Failure.NOT_A_MEMBER, Failure.NOT_FOUND);
  }

  private Future<Reading> reading(Own own, long seen) {
    Position head = own.standing().head();
    return own.lapses()
        .read(() -> calls.count(own.id(), own.user(), seen, head), 0)
        .map(mentions -> new Reading(head.seq(), seen, own.readSeq(), mentions));
  }

  /**
   * Messages before the join are none of the user's unread ones; all, where that cannot be read.
   */
  private Future<Long> seqBefore(Own own) {
    long joined = own.membership().joinedChangeSeq();
    InboxRow row = own.standing().row();
    if (joined <= own.readSeq()) {
      return Future.succeededFuture(0L);
    }
    return row != null && row.joinedChangeSeq() == joined
        ? Future.succeededFuture(row.joinedSeq())
        : own.lapses()
            .read(
                () -> log.ascending(own.id(), joined, joined, 1).map(rows -> rows.get(0).seq()),
                own.standing().head().seq());
  }
}
