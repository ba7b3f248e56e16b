package chat.parley.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.event.ChangeType;
import chat.parley.event.StreamRecord;
import chat.parley.kafka.TryAgainException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.Position;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the stream makes of rows, in whatever order and however often it brings its records. */
class ProjectionTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final UserId CARL = new UserId("carl");
  private static final UserId DORA = new UserId("dora");
  private static final int ROWS_UP_TO = 3;

  private final World world = new World();

  @Test
  void aMessageIsInTheRowsOfThoseWhoAreThere() {
    world.joined(ANNA).joined(BEN).message().left(BEN).message();

    handle(world.records());

    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(5, 2), 5, 5, 1, 0, 1, false));
    assertThat(world.row(BEN)).isEqualTo(new InboxRow(ROOM, at(3, 1), 3, 3, 2, 0, 2, false));
  }

  @Test
  void whoJoinsKnowsNothingOfEarlierMessages() {
    world.joined(ANNA).message().message().joined(BEN);

    handle(world.records());

    assertThat(world.row(BEN)).isEqualTo(new InboxRow(ROOM, at(4, 2), 0, 0, 4, 2, 4, false));
  }

  @Test
  void aBusyConversationIsOneNoteAMemberAndBatch() {
    world.joined(ANNA).joined(BEN);
    for (int i = 0; i < 50; i++) {
      world.message();
    }
    handle(world.records());
    assertThat(world.notes).isEqualTo(2);
  }

  @Test
  void membersAreReadOnceAndFollowed() {
    world.joined(ANNA).joined(BEN).message();
    Projection projection = projection();
    List<StreamRecord> first = world.records();
    assertThat(projection.handle(first).succeeded()).isTrue();
    world.message().left(BEN).message().joined(CARL).message();
    List<StreamRecord> rest = world.records().subList(first.size(), world.records().size());

    rest.forEach(record -> assertThat(projection.handle(List.of(record)).succeeded()).isTrue());

    assertThat(world.memberReads).isEqualTo(1);
    assertThat(world.row(BEN).position()).isEqualTo(at(4, 2));
    assertThat(world.row(CARL)).isEqualTo(new InboxRow(ROOM, at(8, 4), 8, 8, 7, 3, 7, false));
  }

  @Test
  void theRowsOfALargeConversationSayOnlyThatTheyDoNotFollow() {
    world.joined(ANNA).joined(BEN).joined(CARL).message().joined(DORA).message().message();

    handle(world.records());

    assertThat(world.row(ANNA).byHead()).isTrue();
    assertThat(world.row(ANNA).position()).isEqualTo(at(4, 1));
    assertThat(world.row(DORA)).isEqualTo(new InboxRow(ROOM, Position.START, 0, 0, 5, 1, 5, true));

    world.left(BEN);
    handle(world.records());
    assertThat(world.row(ANNA)).isEqualTo(new InboxRow(ROOM, at(8, 3), 7, 7, 1, 0, 1, false));
    assertThat(world.row(DORA)).isEqualTo(new InboxRow(ROOM, at(8, 3), 7, 7, 5, 1, 5, false));
  }

  @Test
  void aChangeOfANewerVersionMakesTheRowUnsureUntilTheNextOne() {
    world.joined(ANNA).message().message();
    List<StreamRecord> records = world.records();
    StreamRecord second = records.get(1);
    Map<String, byte[]> headers = new HashMap<>(second.headers());
    headers.put("type", new byte[] {'9', '9'});
    StreamRecord newer = new StreamRecord(second.key(), second.value(), headers);
    Projection follows = projection();
    assertThat(follows.handle(records.subList(0, 1)).succeeded()).isTrue();

    assertThat(follows.handle(List.of(newer)).succeeded()).isTrue();
    assertThat(world.row(ANNA).byHead()).isTrue();
    assertThat(follows.handle(records.subList(2, 3)).succeeded()).isTrue();
    assertThat(world.row(ANNA).byHead()).isFalse();
  }

  @Test
  void aDamagedRecordIsPutAsideAndTheRowDoesNotPassForWhole() {
    world.joined(ANNA).message().message();
    List<StreamRecord> records = new ArrayList<>(world.records());
    StreamRecord last = records.get(2);
    records.set(2, new StreamRecord(last.key(), new byte[] {'?'}, last.headers()));

    assertThat(projection().handle(records).cause()).isInstanceOf(IllegalArgumentException.class);
    assertThat(world.row(ANNA).byHead()).isTrue();
    StreamRecord nobodys = new StreamRecord(null, last.value(), Map.of());
    assertThat(projection().handle(List.of(nobodys)).failed()).isTrue();
  }

  @Test
  void aStoreThatIsAwayIsWaitedFor() {
    world.joined(ANNA);
    world.away = true;
    assertThat(projection().handle(world.records()).cause()).isInstanceOf(TryAgainException.class);
  }

  /** Any order, any repetition, any batches, any node: the rows are those of the log. */
  @Test
  void whateverTheStreamDoesTheRowsAreThoseOfTheLog() {
    for (long seed = 0; seed < 300; seed++) {
      World one = new World();
      Random random = new Random(seed);
      one.play(random, 60);
      List<StreamRecord> stream = new ArrayList<>(one.records());
      for (int i = 0; i < 20; i++) {
        stream.add(random.nextInt(stream.size()), stream.get(random.nextInt(stream.size())));
      }
      if (seed % 3 == 0) {
        Collections.shuffle(stream, random);
      }
      List<Projection> nodes = List.of(projection(one), projection(one));
      int from = 0;
      while (from < stream.size()) {
        int to = Math.min(stream.size(), from + 1 + random.nextInt(10));
        assertThat(nodes.get(random.nextInt(2)).handle(stream.subList(from, to)).succeeded())
            .isTrue();
        from = to;
      }
      one.assertRowsAreThoseOfTheLog(seed);
    }
  }

  private void handle(List<StreamRecord> records) {
    assertThat(projection().handle(records).succeeded()).isTrue();
  }

  private Projection projection() {
    return projection(world);
  }

  private static Projection projection(World world) {
    return new Projection(
        world,
        world.log(),
        world.rows(),
        new InboxSettings("group", ROWS_UP_TO, 0, 100, 1_000),
        new InboxMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
  }

  private static Position at(long changeSeq, long seq) {
    return new Position(changeSeq, seq);
  }

  /** A conversation's log, its members as the store has them, and rows. */
  private static final class World implements Conversations {
    private final List<Change> log = new ArrayList<>();
    private final Map<UserId, InboxRow> rows = new HashMap<>();
    private final Map<UserId, Long> byHeadFrom = new HashMap<>();
    private Members members = Members.NONE;
    private long seq;
    private int notes;
    private int memberReads;
    private boolean away;

    World joined(UserId user) {
      append(ChangeType.MEMBER_JOINED, user);
      members = members.join(new Stint(user, Role.MEMBER, log.size(), Stint.STILL_THERE));
      return this;
    }

    World left(UserId user) {
      append(ChangeType.MEMBER_LEFT, user);
      members = members.leave(user, log.size());
      return this;
    }

    World message() {
      seq++;
      return append(ChangeType.MESSAGE_NEW, null);
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
        } else if (members.current(other).isPresent()) {
          left(other);
        } else {
          joined(other);
        }
      }
    }

    private World append(ChangeType type, UserId subject) {
      long number = log.size() + 1L;
      log.add(new Change(ROOM, number, seq, type, ANNA, subject, number, new byte[] {'{', '}'}));
      return this;
    }

    List<StreamRecord> records() {
      return log.stream().map(ChangeRecord::encode).toList();
    }

    InboxRow row(UserId user) {
      return rows.get(user);
    }

    void assertRowsAreThoseOfTheLog(long seed) {
      Position head = new Position(log.size(), seq);
      List<InboxNote> truth =
          new TrueRows(this, log(), ROWS_UP_TO).at(ROOM, head, present -> present).result();
      assertThat(truth).hasSize(members.current().size());
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
          all.forEach(World.this::write);
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
          row.position().changeSeq() == 0 || byHeadFrom.get(user) >= row.position().changeSeq();
      rows.put(
          user,
          new InboxRow(
              ROOM,
              row.position(),
              row.messageChangeSeq(),
              row.messageAt(),
              row.joinedChangeSeq(),
              row.joinedSeq(),
              row.joinedAt(),
              byHead));
    }

    MessageLog log() {
      return new MessageLog() {
        @Override
        public Future<List<Change>> ascending(
            ConversationId conversation, long from, long bound, int limit) {
          return Future.succeededFuture(
              log.stream()
                  .filter(change -> from <= change.changeSeq() && change.changeSeq() <= bound)
                  .limit(limit)
                  .toList());
        }

        @Override
        public Future<List<Change>> descending(
            ConversationId conversation, long bound, long downTo, int limit) {
          List<Change> found =
              new ArrayList<>(
                  ascending(conversation, Math.max(downTo, bound - limit + 1), bound, limit)
                      .result());
          Collections.reverse(found);
          return Future.succeededFuture(found);
        }

        @Override
        public Future<Position> published(ConversationId conversation) {
          throw new UnsupportedOperationException();
        }
      };
    }

    @Override
    public Future<Members> members(ConversationId conversation) {
      memberReads++;
      return away
          ? Future.failedFuture(new IllegalStateException("away"))
          : Future.succeededFuture(members);
    }

    @Override
    public Future<Optional<Conversation>> find(ConversationId conversation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> create(Conversation conversation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> update(
        ConversationId conversation, ConversationPatch patch, long changeSeq) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> recordCount(ConversationId conversation, int count, long changeSeq) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<OptionalInt> count(ConversationId conversation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<Membership>> ofUser(UserId user) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> record(ConversationId conversation, Stint stint, long changeSeq) {
      throw new UnsupportedOperationException();
    }
  }
}
