package chat.parley.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.event.ChangeType;
import chat.parley.event.StreamRecord;
import chat.parley.log.DamagedLogException;
import chat.parley.log.HoleException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import chat.parley.testing.MembersInMemory;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** A conversation's log, its members as the store has them, and rows. */
final class RoomLog extends MembersInMemory {
  static final ConversationId ROOM = new ConversationId("room");
  static final UserId ANNA = new UserId("anna");
  static final UserId BEN = new UserId("ben");
  static final UserId CARL = new UserId("carl");
  static final UserId DORA = new UserId("dora");

  /** With more members than this no row follows. */
  static final int ROWS_UP_TO = 3;

  private final List<Change> log = new ArrayList<>();
  private final Map<UserId, InboxRow> rows = new HashMap<>();
  private final Map<UserId, Long> byHeadFrom = new HashMap<>();
  private final Map<Long, DamagedLogException> damage = new HashMap<>();
  private long seq;
  int notes;

  RoomLog joined(UserId user) {
    append(ChangeType.MEMBER_JOINED, user);
    join(ROOM, new Stint(user, Role.MEMBER, log.size(), Stint.STILL_THERE));
    return this;
  }

  RoomLog left(UserId user) {
    append(ChangeType.MEMBER_LEFT, user);
    leave(ROOM, user, log.size());
    return this;
  }

  RoomLog message() {
    seq++;
    return append(ChangeType.MESSAGE_NEW, null);
  }

  /** To some message before. */
  RoomLog reaction() {
    return append(ChangeType.REACTION, null);
  }

  void play(Random random, int changes) {
    joined(ANNA);
    List<UserId> others = List.of(BEN, CARL, DORA, new UserId("eve"), new UserId("fay"));
    for (int i = 0; i < changes; i++) {
      UserId other = others.get(random.nextInt(others.size()));
      int dice = random.nextInt(4);
      if (dice > 1) {
        message();
      } else if (dice == 1) {
        append(ChangeType.CONVERSATION_UPDATED, null);
      } else if (in(ROOM).current(other).isPresent()) {
        left(other);
      } else {
        joined(other);
      }
    }
  }

  private RoomLog append(ChangeType type, UserId subject) {
    long number = log.size() + 1L;
    log.add(new Change(ROOM, number, seq, type, ANNA, subject, number, new byte[] {'{', '}'}));
    return this;
  }

  List<StreamRecord> records() {
    return log.stream().map(ChangeRecord::encode).toList();
  }

  /** The log has lost this number. */
  void hole(long number) {
    damage.put(number, new HoleException(ROOM, number));
  }

  /** A newer version, or nobody, knows what the log holds at this number. */
  void unreadable(long number) {
    damage.put(number, new DamagedLogException("unknown change type 99"));
  }

  /** All that was damaged can be read. */
  void heal() {
    damage.clear();
  }

  /** The row is gone, as by a TRUNCATE. */
  void lose(UserId user) {
    rows.remove(user);
  }

  /** The row follows its conversation no more, as if that were large. */
  void leaveOff(UserId user) {
    InboxRow row = rows.get(user);
    rows.put(user, with(row, true));
  }

  InboxRow row(UserId user) {
    return rows.get(user);
  }

  void assertRowsAreThoseOfTheLog(long seed) {
    Position head = new Position(log.size(), seq);
    List<InboxNote> truth =
        new TrueRows(this, log(), ROWS_UP_TO).at(ROOM, head, present -> present).result();
    assertThat(truth).hasSize(in(ROOM).current().size());
    for (InboxNote note : truth) {
      InboxRow row = rows.get(note.userId());
      assertThat(RowCheck.lacks(Optional.ofNullable(row), note))
          .as("seed %d: %s must be as %s", seed, row, note)
          .isFalse();
      InboxRow made = RowCheck.after(Optional.empty(), note);
      assertThat(RowCheck.checksum(note.userId(), row))
          .as("seed %d: %s must be %s", seed, row, made)
          .isEqualTo(RowCheck.checksum(note.userId(), made));
    }
  }

  /** Rows that keep of each part the one with the highest number. */
  InboxRows rows() {
    return new InboxRows() {
      @Override
      public Future<Void> note(Collection<InboxNote> all) {
        all.forEach(note -> Objects.requireNonNull(note.userId()));
        all.forEach(RoomLog.this::write);
        return Future.succeededFuture();
      }

      @Override
      public Future<Map<ConversationId, InboxRow>> ofUser(UserId user) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Future<Optional<InboxRow>> of(UserId user, ConversationId conversation) {
        return Future.succeededFuture(Optional.ofNullable(rows.get(user)));
      }
    };
  }

  private void write(InboxNote note) {
    notes++;
    UserId user = note.userId();
    byHeadFrom.merge(user, note.byHeadFrom(), Math::max);
    InboxRow row = RowCheck.after(Optional.ofNullable(rows.get(user)), note);
    boolean byHead =
        row.position().changeSeq() == 0 || byHeadFrom.get(user) > row.position().changeSeq();
    rows.put(user, with(row, byHead));
  }

  private static InboxRow with(InboxRow row, boolean byHead) {
    return new InboxRow(
        ROOM,
        row.position(),
        row.messageChangeSeq(),
        row.messageAt(),
        row.joinedChangeSeq(),
        row.joinedSeq(),
        row.joinedAt(),
        byHead);
  }

  MessageLog log() {
    return new MessageLog() {
      @Override
      public Future<List<Change>> ascending(
          ConversationId conversation, long from, long bound, int limit) {
        if (from <= bound && bound > log.size()) {
          return Future.failedFuture(new AssertionError(bound + " is not committed"));
        }
        List<Change> found = new ArrayList<>();
        for (long n = Math.max(1, from); n <= Math.min(bound, from + limit - 1); n++) {
          if (damage.containsKey(n)) {
            return Future.failedFuture(damage.get(n));
          }
          found.add(log.get((int) n - 1));
        }
        return Future.succeededFuture(found);
      }

      @Override
      public Future<List<Change>> descending(
          ConversationId conversation, long bound, long downTo, int limit) {
        return ascending(conversation, Math.max(downTo, bound - limit + 1), bound, limit)
            .map(
                changes -> {
                  List<Change> found = new ArrayList<>(changes);
                  Collections.reverse(found);
                  return found;
                });
      }

      @Override
      public Future<Position> published(ConversationId conversation) {
        return Future.succeededFuture(new Position(log.size(), seq));
      }
    };
  }
}
