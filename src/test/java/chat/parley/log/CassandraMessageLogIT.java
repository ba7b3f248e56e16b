package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.testing.Await;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What readers hear of a log that is damaged: that waiting does not mend it. */
class CassandraMessageLogIT {
  private static LogStack stack;

  private final ConversationId room = new ConversationId("room-" + UUID.randomUUID());

  @BeforeAll
  static void open() {
    stack = LogStack.open("damaged_log_it");
  }

  @AfterAll
  static void close() {
    stack.close();
  }

  @Test
  void aLostNumberIsAHoleWhicheverWayItIsRead() {
    row(1, 1);
    row(3, 1);

    assertThat(Await.join(stack.reads().ascending(room, 1, 1, 10))).hasSize(1);
    assertThat(failure(stack.reads().ascending(room, 1, 3, 10)))
        .isInstanceOf(HoleException.class)
        .hasMessageContaining("hole at 2");
    assertThat(failure(stack.reads().descending(room, 3, 1, 10))).isInstanceOf(HoleException.class);
  }

  @Test
  void aTypeOfANewerVersionIsDamageAndNoHole() {
    row(1, 99);

    assertThat(failure(stack.reads().ascending(room, 1, 1, 10)))
        .isInstanceOf(DamagedLogException.class)
        .isNotInstanceOf(HoleException.class)
        .hasMessageContaining("99");
  }

  private static Throwable failure(Future<List<Change>> read) {
    return Await.join(read.transform(done -> Future.succeededFuture(done.cause())));
  }

  private void row(long number, int type) {
    Await.join(
        stack
            .session()
            .write(
                "test",
                SimpleStatement.newInstance(
                    "INSERT INTO changes (conversation_id, bucket, change_seq, epoch, seq, type, actor_id,"
                        + " committed_at, payload) VALUES (?, 0, ?, 1, 0, ?, 'anna', 1, ?)",
                    room.value(),
                    number,
                    (byte) type,
                    ByteBuffer.wrap(new byte[] {'{', '}'}))));
  }
}
