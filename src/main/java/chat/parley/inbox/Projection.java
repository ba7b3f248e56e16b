package chat.parley.inbox;

import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.event.StreamRecord;
import chat.parley.kafka.TryAgainException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxNote.Happened;
import chat.parley.personal.InboxRows;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Turns batches of the stream into rows of inboxes. What a change means for a row is a matter of
 * numbers alone, and each part of a row bears the number that it comes from: batches that come
 * again, late or at another node change nothing. In memory are only the members of conversations
 * that were seen lately, followed change by change. After a gap they are read again, which is right
 * at any time, because a change is among the stored members before it is in the stream.
 */
final class Projection {
  /** Conversations whose members are read at once. */
  private static final int WIDTH = 32;

  private static final byte[] NO_VALUE = {'{', '}'};

  /**
   * One conversation's part of a batch.
   *
   * @param unknown the last change that cannot be read; 0 for none
   * @param lost the last of these that may be a message; null for none
   */
  private record Part(
      ConversationId conversation, List<Change> changes, long unknown, Happened lost) {
    Part with(long unknownToo, Happened lostToo) {
      return new Part(
          conversation, changes, Math.max(unknown, unknownToo), Happened.later(lost, lostToo));
    }

    long last() {
      return changes.stream().mapToLong(Change::changeSeq).reduce(unknown, Math::max);
    }

    Happened lastMessage() {
      return changes.stream()
          .filter(change -> change.type().isMessage())
          .map(RowNotes::happened)
          .reduce(lost, Happened::later);
    }
  }

  /** What came of it, and who is there at its end. */
  private record Noted(ConversationId conversation, RowNotes notes, Present present) {}

  private final Conversations conversations;
  private final MessageLog log;
  private final InboxRows rows;
  private final int rowsUpTo;
  private final InboxMeters meters;
  private final Cache<ConversationId, Present> known;

  Projection(
      Conversations conversations,
      MessageLog log,
      InboxRows rows,
      InboxSettings settings,
      InboxMeters meters) {
    this.conversations = conversations;
    this.log = log;
    this.rows = rows;
    this.rowsUpTo = settings.rowsUpTo();
    this.meters = meters;
    this.known = Caffeine.newBuilder().maximumSize(settings.maxConversations()).build();
  }

  /**
   * Writes down what these records mean. Of a damaged one that still says which change it is, of
   * one of a newer version, and of a single one that fails otherwise for its own fault, that is
   * that the row does not tell any more: it must not be taken for whole because the record was put
   * aside. Where that may be a message, and is none of a newer version, it stands in the row as the
   * last one. Once the record can be handled after all, the row is whole again.
   *
   * @return fails with {@code TryAgainException} where a store is away, with anything else where a
   *     record is damaged, or what the stores hold about it
   */
  Future<Void> handle(List<StreamRecord> records) {
    Map<ConversationId, Part> parts = new LinkedHashMap<>();
    RuntimeException damage = null;
    for (StreamRecord record : records) {
      try {
        ChangeRecord.decode(record)
            .ifPresentOrElse(
                change -> part(parts, change.conversationId()).changes().add(change),
                () -> addUnread(parts, record, false));
      } catch (IllegalArgumentException damaged) {
        damage = damaged;
        addUnread(parts, record, true);
      }
    }
    RuntimeException toBury = damage;
    List<Part> all = List.copyOf(parts.values());
    return Future.succeededFuture()
        .compose(begin -> noteFrom(all, 0)) // what it throws is a failure like any other
        .recover(
            cause ->
                records.size() > 1 || cause instanceof TryAgainException || all.isEmpty()
                    ? Future.failedFuture(cause) // of several, the one at fault is looked for first
                    : distrust(all.get(0), cause))
        .compose(
            done -> {
              meters.followed(parts.values().stream().map(Part::changes).toList());
              return toBury == null ? Future.succeededFuture() : Future.failedFuture(toBury);
            });
  }

  private static Part part(Map<ConversationId, Part> parts, ConversationId conversation) {
    return parts.computeIfAbsent(conversation, id -> new Part(id, new ArrayList<>(), 0, null));
  }

  /**
   * A record that cannot be read, where it says at least which change it is. One of a newer version
   * is none of the messages that this one can show, so the last of these stays what it is.
   */
  private static void addUnread(
      Map<ConversationId, Part> parts, StreamRecord record, boolean damaged) {
    OptionalLong number = ChangeRecord.changeSeq(record);
    if (number.isPresent() && record.key() != null && Ids.isValid(record.key())) {
      ConversationId conversation = new ConversationId(record.key());
      Happened lost = damaged ? lostMessage(record, number.getAsLong()) : null;
      parts.put(conversation, part(parts, conversation).with(number.getAsLong(), lost));
    }
  }

  /**
   * The message that a damaged record may be; null where its headers, which may be sound, say that
   * it is none.
   */
  private static Happened lostMessage(StreamRecord record, long number) {
    try {
      return ChangeRecord.decode(new StreamRecord(record.key(), NO_VALUE, record.headers()))
          .filter(change -> change.type().isMessage())
          .map(RowNotes::happened)
          .orElse(null);
    } catch (IllegalArgumentException damagedToo) {
      return new Happened(number, 0, 0);
    }
  }

  private Future<Void> noteFrom(List<Part> parts, int from) {
    if (from >= parts.size()) {
      return Future.succeededFuture();
    }
    int to = Math.min(parts.size(), from + WIDTH);
    List<Future<Noted>> some = parts.subList(from, to).stream().map(this::note).toList();
    return Future.join(some)
        .compose(
            done -> {
              List<InboxNote> notes = new ArrayList<>();
              some.forEach(one -> notes.addAll(one.result().notes().all()));
              meters.rows(notes.size());
              return Stores.orAway(rows.note(notes), "rows cannot be written");
            })
        .compose(
            written -> {
              // Only now: what fails comes again, and must find what was known before it.
              some.forEach(one -> remember(one.result()));
              return noteFrom(parts, to);
            });
  }

  private void remember(Noted noted) {
    known
        .asMap()
        .merge(
            noted.conversation(), noted.present(), (a, b) -> a.changeSeq() > b.changeSeq() ? a : b);
  }

  /** Before a record is put aside; fails with the cause, or while rows cannot be written. */
  private Future<Void> distrust(Part part, Throwable cause) {
    return Stores.orAway(conversations.members(part.conversation()), "members cannot be read")
        .map(members -> whoseRowsDepend(part.last(), members))
        .recover(
            unread ->
                unread instanceof TryAgainException
                    ? Future.failedFuture(unread)
                    : Future.succeededFuture(lastKnown(part.conversation())))
        .compose(
            users -> {
              RowNotes notes = new RowNotes(part.conversation());
              notes.addUnknown(part.last(), part.lastMessage(), users);
              return Stores.orAway(rows.note(notes.all()), "rows cannot be written");
            })
        .compose(marked -> Future.failedFuture(cause));
  }

  /**
   * Those whose rows would pass for whole without this change: of all who are there right before or
   * after it, where that is not too many, and of those whom it brings in, who may have a row of an
   * earlier stay.
   */
  private Collection<UserId> whoseRowsDepend(long changeSeq, Members members) {
    Set<UserId> users = new LinkedHashSet<>();
    for (long number : new long[] {changeSeq - 1, changeSeq}) {
      Present there = Present.at(number, members, rowsUpTo);
      if (!there.isLarge()) {
        users.addAll(there.users());
      }
    }
    members.all().stream()
        .filter(stint -> stint.joinedChangeSeq() == changeSeq)
        .forEach(stint -> users.add(stint.userId()));
    return users;
  }

  /** The best there is where the members cannot be read. */
  private Collection<UserId> lastKnown(ConversationId conversation) {
    Present there = known.getIfPresent(conversation);
    return there == null || there.isLarge() ? List.of() : there.users();
  }

  private Future<Noted> note(Part part) {
    Present present = known.getIfPresent(part.conversation());
    if (present != null && part.unknown() == 0) {
      RowNotes notes = new RowNotes(part.conversation());
      for (Change change : part.changes()) {
        if (!present.reaches(change, rowsUpTo)) {
          return read(part);
        }
        Present next = present.after(change, rowsUpTo);
        notes.add(change, present, next);
        present = next;
      }
      return Future.succeededFuture(new Noted(part.conversation(), notes, present));
    }
    return read(part);
  }

  private Future<Noted> read(Part part) {
    return Stores.orAway(conversations.members(part.conversation()), "members cannot be read")
        .compose(members -> note(part, members));
  }

  private Future<Noted> note(Part part, Members members) {
    RowNotes notes = new RowNotes(part.conversation());
    Present present = new Present(-1, 0, List.of());
    long shrunk = 0;
    for (Change change : part.changes()) {
      long number = change.changeSeq();
      Present before =
          present.changeSeq() == number - 1 ? present : Present.at(number - 1, members, rowsUpTo);
      present =
          before.reaches(change, rowsUpTo)
              ? before.after(change, rowsUpTo)
              : Present.at(number, members, rowsUpTo);
      notes.add(change, before, present);
      if (before.isLarge() && !present.isLarge()) {
        shrunk = Math.max(shrunk, number);
      }
    }
    if (part.unknown() > 0) {
      present = Present.at(Math.max(part.unknown(), present.changeSeq()), members, rowsUpTo);
      notes.addUnknown(part.unknown(), part.lost(), whoseRowsDepend(part.unknown(), members));
    }
    Noted noted = new Noted(part.conversation(), notes, present);
    return shrunk == 0 ? Future.succeededFuture(noted) : withMessage(noted, shrunk, members);
  }

  /** Rows that follow again do not know the last message of the time in which none did. */
  private Future<Noted> withMessage(Noted noted, long upTo, Members members) {
    return Stores.orAway(
            LastMessage.upTo(log, noted.conversation(), upTo), "the log cannot be read")
        .map(
            found -> {
              found.ifPresent(message -> noted.notes().addMessage(message, members));
              return noted;
            });
  }
}
