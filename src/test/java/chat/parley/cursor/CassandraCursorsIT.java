package chat.parley.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.cursor.Cursors.Delivered;
import chat.parley.cursor.Cursors.Read;
import chat.parley.cursor.Cursors.UserCursor;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CassandraCursorsIT {
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final DeviceId LAPTOP = new DeviceId("laptop");
  private static final ConversationId ROOM = new ConversationId("room");
  private static final ConversationId HALL = new ConversationId("hall");

  private static Vertx vertx;
  private static CassandraSession session;
  private static Cursors cursors;

  private final UserId anna = new UserId("anna-" + UUID.randomUUID());
  private final UserId ben = new UserId("ben-" + UUID.randomUUID());

  @BeforeAll
  static void connect() throws Exception {
    vertx = Vertx.vertx();
    CassandraSettings settings = SharedStack.cassandra("cursors_it");
    session = got(CassandraConnector.connect(vertx, settings, new SimpleMeterRegistry()));
    cursors = got(Cursors.over(session));
  }

  @AfterAll
  static void close() throws Exception {
    got(session.close());
    got(vertx.close());
  }

  @Test
  void aCursorNeverMovesBack() throws Exception {
    got(cursors.move(List.of(delivered(anna, PHONE, 9, 7)), List.of(new Read(anna, ROOM, 6))));
    got(cursors.move(List.of(delivered(anna, PHONE, 4, 3)), List.of(new Read(anna, ROOM, 2))));

    assertThat(got(cursors.deliveredTo(anna, PHONE))).isEqualTo(Map.of(ROOM, 9L));
    assertThat(got(cursors.readBy(anna))).isEqualTo(Map.of(ROOM, 6L));
    assertThat(got(cursors.of(ROOM, List.of(anna)))).containsExactly(new UserCursor(anna, 7, 6));
  }

  @Test
  void devicesHaveTheirOwnCursorsAndTheFurthestCounts() throws Exception {
    got(
        cursors.move(
            List.of(
                delivered(anna, PHONE, 5, 5),
                delivered(anna, LAPTOP, 8, 7),
                new Delivered(anna, PHONE, HALL, 2, 1),
                delivered(ben, PHONE, 1, 1)),
            List.of(new Read(ben, ROOM, 1))));

    assertThat(got(cursors.deliveredTo(anna, PHONE))).isEqualTo(Map.of(ROOM, 5L, HALL, 2L));
    assertThat(got(cursors.deliveredTo(anna, LAPTOP))).isEqualTo(Map.of(ROOM, 8L));
    assertThat(got(cursors.of(ROOM, List.of(anna, ben, new UserId("nobody")))))
        .containsExactly(
            new UserCursor(anna, 7, 0),
            new UserCursor(ben, 1, 1),
            new UserCursor(new UserId("nobody"), 0, 0));
  }

  @Test
  void manyMovesOfOneUserGoInBoundedPieces() throws Exception {
    List<Delivered> moves =
        IntStream.range(0, 250)
            .mapToObj(i -> new Delivered(anna, PHONE, new ConversationId("c" + i), i + 1, i + 1))
            .toList();

    got(cursors.move(moves, List.of()));

    assertThat(got(cursors.deliveredTo(anna, PHONE))).hasSize(250);
  }

  private static Delivered delivered(UserId user, DeviceId device, long changeSeq, long seq) {
    return new Delivered(user, device, ROOM, changeSeq, seq);
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
