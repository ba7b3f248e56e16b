package chat.parley.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.inbox.Rebuild.Tally;
import chat.parley.kafka.Continuity;
import chat.parley.log.DamagedLogException;
import chat.parley.log.HoleException;
import chat.parley.log.LogSettings;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import chat.parley.personal.InboxStreams;
import chat.parley.testing.Await;
import chat.parley.testing.MembersInMemory;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a rebuild makes of all conversations, whatever one of them is like. */
class RebuildTest {
  private static final ConversationId DAMAGED = new ConversationId("damaged");

  /** More rounds than a stack has room for, with the rows of one round and the joins of a page. */
  private static final int VERY_MANY = 200_000;

  private static final LogSettings AT_ONCE =
      new LogSettings(1_000, 64, 256 * 1024, 1_000, 1, 30_000);

  private int rowsUpTo = RoomLog.ROWS_UP_TO;

  /** What happens while rows are made. */
  private Runnable meanwhile = () -> {};

  private final SomeStreams streams = new SomeStreams();
  private final List<ConversationId> failed = new ArrayList<>();

  @Test
  void aConversationWhoseLogIsDamagedIsNamedAndTheOthersAreMade() {
    RoomLog room = new RoomLog().joined(RoomLog.ANNA).joined(RoomLog.BEN).message();

    Tally tally =
        rebuild(room, new Damaged(room.log(), new HoleException(DAMAGED, 2)), room.rows())
            .all()
            .result();

    assertThat(tally.failed()).isEqualTo(1);
    assertThat(failed).containsExactly(DAMAGED);
    assertThat(tally.conversations()).isEqualTo(2);
    assertThat(tally.rows()).isEqualTo(2);
    assertThat(tally.mended()).isEqualTo(2);
    room.assertRowsAreThoseOfTheLog(0);
  }

  @Test
  void whatIsDamagedInAnyOtherWayIsNamedToo() {
    RoomLog room = new RoomLog().joined(RoomLog.ANNA);
    Tally tally =
        rebuild(room, new Damaged(room.log(), new DamagedLogException("a type")), room.rows())
            .all()
            .result();
    assertThat(tally.failed()).isEqualTo(1);
    tally =
        rebuild(room, new Damaged(room.log(), new NullPointerException("actor_id")), room.rows())
            .all()
            .result();
    assertThat(tally.failed()).isEqualTo(1);
  }

  @Test
  void aStoreThatIsAwayEndsIt() {
    RoomLog room = new RoomLog().joined(RoomLog.ANNA);
    Throwable away = new FailureException(Failure.UNAVAILABLE, "away", 1);

    assertThat(rebuild(room, new Damaged(room.log(), away), room.rows()).all().cause())
        .isSameAs(away);
    assertThat(failed).isEmpty();
  }

  @Test
  void aConversationOfVeryManyMembersIsMadeToo() {
    MembersInMemory conversations = new MembersInMemory();
    conversations.set(
        RoomLog.ROOM,
        new Members(
            IntStream.rangeClosed(1, VERY_MANY)
                .mapToObj(
                    n -> new Stint(new UserId("user-" + n), Role.MEMBER, n, Stint.STILL_THERE))
                .toList()));
    CountedRows rows = new CountedRows();

    Tally tally = rebuild(conversations, new OneByOne(VERY_MANY, 0), rows).all().result();

    assertThat(tally.mended()).isEqualTo(VERY_MANY);
    assertThat(rows.users).hasSize(VERY_MANY);
    assertThat(rows.joins).isEqualTo(VERY_MANY);
  }

  @Test
  void whatWasMissedIsMendedWhenNoRowPassesForWholeThatIsNot() {
    streams.missed.put("changes", Set.of(UUID.randomUUID()));
    RoomLog room = new RoomLog().joined(RoomLog.ANNA).message();
    MessageLog unmarked = new Damaged(room.log(), new DamagedLogException("its mark"), false);

    Tally tally = Await.join(rebuild(room, unmarked, room.rows()).all());
    assertThat(tally.failed()).isEqualTo(1);
    assertThat(streams.missed).hasSize(1);

    Await.join(
        rebuild(room, new Damaged(room.log(), new HoleException(DAMAGED, 2)), room.rows()).all());
    assertThat(streams.missed).isEmpty();
  }

  @Test
  void whatIsMissedWhileRowsAreMadeIsMissedAfterwards() {
    Set<UUID> before = Set.of(UUID.randomUUID());
    Set<UUID> both = new HashSet<>(before);
    both.add(UUID.randomUUID());
    streams.missed.put("changes", before);
    meanwhile = () -> streams.missed.put("changes", both);
    RoomLog room = new RoomLog().joined(RoomLog.ANNA).message();

    Await.join(rebuild(room, room.log(), room.rows()).all());

    assertThat(streams.missed.get("changes")).hasSize(1).doesNotContainAnyElementsOf(before);
    meanwhile = () -> {};
    Await.join(rebuild(room, room.log(), room.rows()).all());
    assertThat(streams.missed).isEmpty();
  }

  @Test
  void rowsThatCannotBeMadeSayThatTheyTellNothing() {
    RoomLog room = new RoomLog().joined(RoomLog.ANNA).joined(RoomLog.BEN).message();
    Await.join(rebuild(room, room.log(), room.rows()).all());
    assertThat(room.row(RoomLog.ANNA).byHead()).isFalse();

    room.join(DAMAGED, new Stint(RoomLog.ANNA, Role.MEMBER, 1, Stint.STILL_THERE));
    Await.join(
        rebuild(room, new Damaged(room.log(), new HoleException(DAMAGED, 2)), room.rows()).all());

    assertThat(room.row(RoomLog.ANNA).byHead()).isTrue();
    assertThat(room.row(RoomLog.BEN).byHead()).isFalse();
  }

  @Test
  void rowsOfAConversationThatIsLargeNowAreToldSoAtItsHeadToo() {
    RoomLog room = new RoomLog().joined(RoomLog.ANNA).joined(RoomLog.BEN).message();
    Await.join(rebuild(room, room.log(), room.rows()).all());
    assertThat(room.row(RoomLog.ANNA).byHead()).isFalse();
    rowsUpTo = 1;

    Tally tally = Await.join(rebuild(room, room.log(), room.rows()).all());

    assertThat(tally.mended()).isEqualTo(2);
    assertThat(room.row(RoomLog.ANNA).byHead()).isTrue();
    assertThat(Await.join(rebuild(room, room.log(), room.rows()).all()).mended()).isZero();
  }

  @Test
  void aUserOfVeryManyConversationsHasAllRows() {
    MembersInMemory conversations = new MembersInMemory();
    for (int i = 0; i < VERY_MANY; i++) {
      conversations.join(new ConversationId("room-" + i), RoomLog.ANNA, Role.MEMBER);
    }
    RoomLog one = new RoomLog().joined(RoomLog.ANNA);

    Tally tally = rebuild(conversations, one.log(), new CountedRows()).of(RoomLog.ANNA).result();

    assertThat(tally.conversations()).isEqualTo(VERY_MANY);
    assertThat(tally.mended()).isEqualTo(VERY_MANY);
  }

  @Test
  void theLastMessageIsFoundHoweverManyOtherChangesCameAfterIt() {
    MessageLog log = new OneByOne(VERY_MANY, 1);
    assertThat(LastMessage.upTo(log, RoomLog.ROOM, VERY_MANY).result())
        .hasValueSatisfying(message -> assertThat(message.changeSeq()).isEqualTo(1));
  }

  private Rebuild rebuild(Conversations conversations, MessageLog log, InboxRows rows) {
    return new Rebuild(
        conversations,
        new SomeRooms(DAMAGED, RoomLog.ROOM),
        log,
        rows,
        streams,
        new InboxSettings("group", rowsUpTo, 0, 100, 1_000),
        AT_ONCE,
        tally -> meanwhile.run(),
        (conversation, cause) -> failed.add(conversation));
  }

  /** What was missed, until it is mended. */
  private static final class SomeStreams implements InboxStreams {
    private final Map<String, Set<UUID>> missed = new HashMap<>();

    @Override
    public Continuity of(String stream) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Map<String, Set<UUID>>> gaps() {
      return Future.succeededFuture(Map.copyOf(missed));
    }

    @Override
    public Future<Void> mended(Map<String, Set<UUID>> gaps) {
      gaps.forEach(
          (stream, ids) ->
              missed.computeIfPresent(
                  stream,
                  (any, all) -> {
                    Set<UUID> left = new HashSet<>(all);
                    left.removeAll(ids);
                    return left.isEmpty() ? null : left;
                  }));
      return Future.succeededFuture();
    }
  }

  /** Of one conversation nothing can be read, or nothing but its mark. */
  private record Damaged(MessageLog sound, Throwable damage, boolean hasMark)
      implements MessageLog {
    Damaged(MessageLog sound, Throwable damage) {
      this(sound, damage, true);
    }

    @Override
    public Future<List<Change>> ascending(
        ConversationId conversation, long from, long bound, int limit) {
      return conversation.equals(DAMAGED)
          ? Future.failedFuture(damage)
          : sound.ascending(conversation, from, bound, limit);
    }

    @Override
    public Future<List<Change>> descending(
        ConversationId conversation, long bound, long downTo, int limit) {
      return conversation.equals(DAMAGED)
          ? Future.failedFuture(damage)
          : sound.descending(conversation, bound, downTo, limit);
    }

    @Override
    public Future<Position> published(ConversationId conversation) {
      return conversation.equals(DAMAGED) && !hasMark
          ? Future.failedFuture(damage)
          : sound.published(conversation);
    }
  }

  /** Joins, or after so many messages changes of the title; pages of one. */
  private record OneByOne(long last, long messages) implements MessageLog {
    @Override
    public Future<List<Change>> ascending(
        ConversationId conversation, long from, long bound, int limit) {
      return Future.succeededFuture(List.of(change(from)));
    }

    @Override
    public Future<List<Change>> descending(
        ConversationId conversation, long bound, long downTo, int limit) {
      return Future.succeededFuture(List.of(change(bound)));
    }

    private Change change(long number) {
      ChangeType type =
          number <= messages
              ? ChangeType.MESSAGE_NEW
              : messages > 0 ? ChangeType.CONVERSATION_UPDATED : ChangeType.MEMBER_JOINED;
      return new Change(
          RoomLog.ROOM,
          number,
          Math.min(number, messages),
          type,
          RoomLog.ANNA,
          null,
          number,
          new byte[] {'{', '}'});
    }

    @Override
    public Future<Position> published(ConversationId conversation) {
      return Future.succeededFuture(
          conversation.equals(RoomLog.ROOM) ? new Position(last, messages) : Position.START);
    }
  }

  private static final class CountedRows implements InboxRows {
    private final Set<UserId> users = new HashSet<>();
    private int joins;

    @Override
    public Future<Void> note(Collection<InboxNote> notes) {
      for (InboxNote note : notes) {
        users.add(note.userId());
        joins += note.join() == null ? 0 : 1;
      }
      return Future.succeededFuture();
    }

    @Override
    public Future<Map<ConversationId, InboxRow>> ofUser(UserId user) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Optional<InboxRow>> of(UserId user, ConversationId conversation) {
      return Future.succeededFuture(Optional.empty());
    }
  }
}
