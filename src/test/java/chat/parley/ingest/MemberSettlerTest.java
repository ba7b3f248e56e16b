package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MemberSettlerTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");

  private final Store store = new Store();
  private final MemberSettler settler = new MemberSettler(store, store);

  @Test
  void aJoinReadsAndWritesItsOwnUsersRowsOnlyHoweverManyAreThere() {
    assertThat(settler.settle(ROOM, List.of(joined(7, ANNA, 50_001))).succeeded()).isTrue();

    assertThat(store.stintReads).containsExactly(ANNA);
    assertThat(store.stints.keySet()).containsExactly(ANNA + "@7");
    assertThat(store.count).isEqualTo(50_001);
    assertThat(store.writes).isEqualTo(2);
  }

  @Test
  void whateverIsSettledOnceMoreStaysAsItWas() {
    List<Change> changes =
        List.of(joined(2, ANNA, 1), joined(3, BEN, 2), left(4, ANNA, 1), joined(5, ANNA, 2));
    settler.settle(ROOM, changes);
    Map<String, Stint> once = Map.copyOf(store.stints);
    for (int from = 0; from < changes.size(); from++) {
      settler.settle(ROOM, changes.subList(from, changes.size()));
    }

    assertThat(store.stints).isEqualTo(once);
    assertThat(once.values())
        .extracting("userId", "joinedChangeSeq", "leftChangeSeq")
        .containsExactlyInAnyOrder(
            tuple(ANNA, 2L, 4L),
            tuple(BEN, 3L, Stint.STILL_THERE),
            tuple(ANNA, 5L, Stint.STILL_THERE));
    assertThat(store.count).isEqualTo(2);
  }

  @Test
  void aStintEndsThoughItsUsersNextOneWasStoredBeforeItsEnd() {
    settler.settle(ROOM, List.of(joined(2, ANNA, 1)));
    List<Change> changes = List.of(left(4, ANNA, 0), joined(5, ANNA, 1));
    store.failing = ANNA + "@2";
    assertThat(settler.settle(ROOM, changes).failed()).isTrue();

    store.failing = null;
    assertThat(settler.settle(ROOM, changes).succeeded()).isTrue();
    settler.settle(ROOM, List.of(left(9, ANNA, 0)));

    assertThat(store.stints.values())
        .extracting("joinedChangeSeq", "leftChangeSeq")
        .containsExactlyInAnyOrder(tuple(2L, 4L), tuple(5L, 9L));
  }

  /** The rows of one group are written side by side, and the first may be the one that failed. */
  @Test
  void aStintIsStoredThoughItsUsersNextOneWasStoredBeforeIt() {
    List<Change> changes = List.of(joined(2, ANNA, 1), left(4, ANNA, 0), joined(5, ANNA, 1));
    store.failing = ANNA + "@2";
    assertThat(settler.settle(ROOM, changes).failed()).isTrue();

    store.failing = null;
    assertThat(settler.settle(ROOM, changes).succeeded()).isTrue();

    assertThat(store.stints.values())
        .extracting("joinedChangeSeq", "leftChangeSeq")
        .containsExactlyInAnyOrder(tuple(2L, 4L), tuple(5L, Stint.STILL_THERE));
  }

  /** Who is removed first must not read a title that was set after it. */
  @Test
  void aTitleIsNotSetBeforeARemovalThatCameFirst() {
    settler.settle(ROOM, List.of(joined(2, ANNA, 1)));
    List<Change> changes =
        List.of(
            left(4, ANNA, 0), updated(5, new ConversationPatch(null, "Secret", null, 0, null, 0)));
    store.failing = ANNA + "@2";
    assertThat(settler.settle(ROOM, changes).failed()).isTrue();
    assertThat(store.settings.topic()).isEmpty();

    store.failing = null;
    assertThat(settler.settle(ROOM, changes).succeeded()).isTrue();
    assertThat(store.settings.topic()).isEqualTo("Secret");
  }

  @Test
  void aChannelsNewTitleIsFoundAndWhatWasNotSetIsLeftAsItWas() {
    settler.settle(ROOM, List.of(updated(8, new ConversationPatch("Tea", null, null, 5, null, 3))));
    settler.settle(
        ROOM, List.of(updated(9, new ConversationPatch(null, "Cake", null, 0, null, null))));

    assertThat(store.names).containsExactly("Tea");
    assertThat(store.settings)
        .isEqualTo(new ConversationSettings("Cake", "", 0, HistoryVisibility.JOINED, 3));
  }

  private static Change joined(long number, UserId user, int count) {
    JsonObject member = new JsonObject().put("role", "member");
    return change(
        number,
        ChangeType.MEMBER_JOINED,
        user,
        new JsonObject().put("member", member).put("memberCount", count));
  }

  private static Change left(long number, UserId user, int count) {
    return change(number, ChangeType.MEMBER_LEFT, user, new JsonObject().put("memberCount", count));
  }

  private static Change updated(long number, ConversationPatch patch) {
    return change(
        number,
        ChangeType.CONVERSATION_UPDATED,
        null,
        new JsonObject().put("conversation", PatchJson.write(patch)));
  }

  private static Change change(long number, ChangeType type, UserId subject, JsonObject payload) {
    byte[] json = payload.toBuffer().getBytes();
    return new Change(ROOM, number, 0, type, ANNA, subject, 0, json);
  }

  /** As the real one: of two writes to a row the one with the higher number stays. */
  private static final class Store implements Conversations, ChannelNames {
    private final Map<String, Stint> stints = new HashMap<>();
    private final Map<String, Long> writtenAt = new HashMap<>();
    private final List<UserId> stintReads = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private ConversationSettings settings = ConversationSettings.NONE;
    private int count;
    private int writes;
    private String failing;

    @Override
    public Future<List<Stint>> stints(ConversationId conversation, UserId user) {
      stintReads.add(user);
      return Future.succeededFuture(
          new Members(stints.values().stream().filter(one -> one.userId().equals(user)).toList())
              .of(user));
    }

    @Override
    public Future<Void> record(ConversationId conversation, Stint stint, long changeSeq) {
      String row = stint.userId() + "@" + stint.joinedChangeSeq();
      return write(row, changeSeq, () -> stints.put(row, stint));
    }

    @Override
    public Future<Void> recordPair(ConversationId conversation, List<UserId> pair) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> recordCount(ConversationId conversation, int members, long changeSeq) {
      return write("count", changeSeq, () -> count = members);
    }

    private Future<Void> write(String row, long at, Runnable put) {
      writes++;
      if (row.equals(failing)) {
        return Future.failedFuture("the store is away");
      }
      if (writtenAt.merge(row, at, Math::max) == at) {
        put.run();
      }
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> update(
        ConversationId conversation, ConversationPatch patch, long changeSeq) {
      settings = settings.with(patch);
      return Future.succeededFuture();
    }

    @Override
    public Future<Optional<Conversation>> find(ConversationId conversation) {
      return Future.succeededFuture(
          Optional.of(
              new Conversation(
                  conversation,
                  ConversationType.CHANNEL,
                  null,
                  ANNA,
                  0,
                  AckMode.PERSISTED,
                  settings)));
    }

    @Override
    public Future<Void> add(ConversationId channel, String title) {
      names.add(title);
      return Future.succeededFuture();
    }

    @Override
    public Future<Members> members(ConversationId conversation) {
      throw new AssertionError("all members were read");
    }

    @Override
    public Future<Boolean> create(Conversation conversation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<Membership>> ofUser(UserId user) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<OptionalInt> count(ConversationId conversation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<Hit>> find(String query, Hit after, int limit) {
      throw new UnsupportedOperationException();
    }
  }
}
