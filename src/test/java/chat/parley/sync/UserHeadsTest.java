package chat.parley.sync;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import chat.parley.registry.ShardRouter.Movement;
import chat.parley.sync.UserHeads.Standing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a row may be believed. A sync that believes one too much loses a message. */
class UserHeadsTest {
  private static final UserId ANNA = new UserId("anna");
  private static final ConversationId ROOM = new ConversationId("room");
  private static final long RESTING_MS = 300_000;

  private final Map<ConversationId, InboxRow> rows = new HashMap<>();
  private final Map<ConversationId, Head> moving = new HashMap<>();
  private final Map<ConversationId, Head> heads = new HashMap<>();
  private final List<ConversationId> asked = new ArrayList<>();
  private long rowsAgeMs = 2_000;

  @Test
  void ofARestingConversationTheRowCounts() {
    row(7, false);
    assertThat(head()).isEqualTo(new Position(7, 7));
    assertThat(asked).isEmpty();
  }

  @Test
  void ofAMovingOneTheOwnerSaysItHoweverFarTheRowIs() {
    row(7, false);
    moving.put(ROOM, new Head(ROOM, 9, 9, true));
    assertThat(head()).isEqualTo(new Position(9, 9));
    assertThat(asked).isEmpty();
  }

  @Test
  void rowsThatMayBeLateAreNotBelieved() {
    row(7, false);
    heads.put(ROOM, new Head(ROOM, 9, 9, true));
    for (long age : new long[] {RESTING_MS, RESTING_MS + 1, Long.MAX_VALUE}) {
      rowsAgeMs = age;
      assertThat(head()).as("rows of %d ms ago", age).isEqualTo(new Position(9, 9));
    }
    assertThat(asked).containsExactly(ROOM, ROOM, ROOM);
  }

  @Test
  void whereThereIsNoRowOrItSaysSoTheOwnerIsAsked() {
    heads.put(ROOM, new Head(ROOM, 9, 9, true));
    assertThat(head()).isEqualTo(new Position(9, 9));
    row(7, true);
    assertThat(head()).isEqualTo(new Position(9, 9));
    assertThat(asked).containsExactly(ROOM, ROOM);
  }

  @Test
  void aRowThatWasMadeHalfOnlyDoesNotTellTheLastMessage() {
    rows.put(ROOM, new InboxRow(ROOM, new Position(7, 7), 0, 0, 0, 0, 0, false));
    assertThat(standing().isFollowed()).isFalse();
    row(7, false);
    assertThat(standing().isFollowed()).isTrue();
    moving.put(ROOM, new Head(ROOM, 8, 8, false));
    assertThat(standing().isFollowed()).isFalse();
  }

  private void row(long number, boolean byHead) {
    rows.put(ROOM, new InboxRow(ROOM, new Position(number, number), number, 1, 0, 0, 0, byHead));
  }

  private Position head() {
    return standing().head();
  }

  private Standing standing() {
    return new UserHeads(new Rows(), new Owners(), () -> rowsAgeMs, new SimpleMeterRegistry())
        .of(ANNA, List.of(ROOM))
        .result()
        .get(ROOM);
  }

  private final class Rows implements InboxRows {
    @Override
    public Future<Map<ConversationId, InboxRow>> ofUser(UserId user) {
      return Future.succeededFuture(rows);
    }

    @Override
    public Future<Void> note(Collection<InboxNote> notes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Optional<InboxRow>> of(UserId user, ConversationId conversation) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Owners implements UserHeads.Owners {
    @Override
    public Future<Movement> movement(Collection<ConversationId> conversations) {
      Set<ConversationId> resting = moving.isEmpty() ? Set.of(ROOM) : Set.of();
      return Future.succeededFuture(new Movement(moving, resting, RESTING_MS));
    }

    @Override
    public Future<Map<ConversationId, Head>> heads(Collection<ConversationId> conversations) {
      asked.addAll(conversations);
      return Future.succeededFuture(heads);
    }
  }
}
