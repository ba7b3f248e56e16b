package chat.parley.personal;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which of several notes of a row counts, in whatever order they are written. */
class CassandraInboxRowsIT {
  private static final ConversationId ROOM = new ConversationId("room");

  private static Vertx vertx;
  private static CassandraSession session;
  private static InboxRows rows;

  private UserId anna = new UserId("anna-" + UUID.randomUUID());

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connect(
                vertx, SharedStack.cassandra("inbox_rows_it"), new SimpleMeterRegistry()));
    rows = Await.join(InboxRows.over(session));
  }

  @AfterAll
  static void close() {
    Await.join(session.close());
    Await.join(vertx.close());
  }

  @Test
  void whatFollowsAChangeOutweighsThatItCouldNotBeReadBefore() {
    note(askHead(3));
    note(follows(3));
    assertThat(row().byHead()).isFalse();
    note(askHead(3));
    assertThat(row().byHead()).as("also where that comes late").isFalse();
  }

  @Test
  void aRowThatIsNotToBeReliedOnFromTheNextChangeIsNotReliedOn() {
    note(askHead(4));
    note(follows(3));
    assertThat(row().byHead()).isTrue();
    assertThat(row().position()).isEqualTo(new Position(3, 3));
  }

  @Test
  void theLastChangeCountsInWhateverOrderTheyAreWritten() {
    for (long seed = 0; seed < 20; seed++) {
      anna = new UserId("anna-" + UUID.randomUUID());
      List<InboxNote> notes = new ArrayList<>();
      for (long n = 1; n <= 8; n++) {
        notes.add(n % 3 == 0 ? askHead(n) : follows(n));
      }
      Collections.shuffle(notes, new Random(seed));
      notes.forEach(this::note);
      assertThat(row().position()).isEqualTo(new Position(8, 8));
      assertThat(row().byHead()).as("seed %d", seed).isFalse();
      note(askHead(9));
      assertThat(row().byHead()).isTrue();
    }
  }

  @Test
  void ofALastMessageTheTimeThatIsKnownCountsInWhateverOrderTheyAreWritten() {
    note(lastMessage(3, 0));
    assertThat(row().messageChangeSeq()).isEqualTo(3);
    note(lastMessage(3, 1_700_000_000_000L));
    note(lastMessage(3, 0));
    assertThat(row().messageAt()).isEqualTo(1_700_000_000_000L);
  }

  private InboxNote lastMessage(long changeSeq, long at) {
    InboxNote.Happened message = new InboxNote.Happened(changeSeq, 0, at);
    return new InboxNote(anna, ROOM, null, message, null, 0);
  }

  private InboxNote follows(long changeSeq) {
    return new InboxNote(anna, ROOM, new Position(changeSeq, changeSeq), null, null, 0);
  }

  private InboxNote askHead(long changeSeq) {
    return new InboxNote(anna, ROOM, null, null, null, changeSeq);
  }

  private void note(InboxNote note) {
    Await.join(rows.note(List.of(note)));
  }

  private InboxRow row() {
    return Await.join(rows.of(anna, ROOM)).orElseThrow();
  }
}
