package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTailTest {
  private final JournalTail tail =
      new JournalTail(List.of(row(0, 3, 1), row(0, 5, 2), row(0, 6, 2), row(1, 7, 2)));

  @Test
  void rowsOfBothPlacesComeInTheStoresOrderAndOnce() {
    List<LogRow> page = List.of(row(0, 4, 2), row(0, 5, 3), row(0, 5, 2));

    assertThat(tail.with(page, 0, 4, false))
        .containsExactly(row(0, 4, 2), row(0, 5, 3), row(0, 5, 2), row(0, 6, 2));
  }

  @Test
  void nothingIsAddedPastTheEndOfACutPage() {
    List<LogRow> page = List.of(row(0, 4, 2), row(0, 5, 3));

    assertThat(tail.with(page, 0, 4, true))
        .containsExactly(row(0, 4, 2), row(0, 5, 3), row(0, 5, 2));
  }

  @Test
  void theStoreMayHaveNothing() {
    assertThat(tail.with(List.of(), 1, 7, false)).containsExactly(row(1, 7, 2));
  }

  private static final byte[] PAYLOAD = {};

  private static LogRow row(int bucket, long changeSeq, long epoch) {
    Change change =
        new Change(
            new ConversationId("c"),
            changeSeq,
            changeSeq,
            ChangeType.MESSAGE_NEW,
            new UserId("u"),
            null,
            1,
            PAYLOAD);
    return new LogRow(bucket, epoch, changeSeq, 1, false, change, null);
  }
}
