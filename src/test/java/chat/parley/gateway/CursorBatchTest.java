package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.util.List;
import org.junit.jupiter.api.Test;

class CursorBatchTest {
  private final CursorBatch batch = new CursorBatch(4);

  @Test
  void keepsOnlyTheFurthestMoveOfEachCursor() {
    batch.add(delivered("a", 5, 5));
    batch.add(delivered("a", 9, -1));
    batch.add(delivered("a", 7, 6));
    batch.add(read("a", 4));
    batch.add(read("a", 3));
    assertThat(batch.take(500))
        .containsExactly(new MoveCursors(List.of(delivered("a", 9, -1)), List.of(read("a", 4))));
    assertThat(batch.isEmpty()).isTrue();
  }

  @Test
  void prefersTheMoveThatKnowsItsMessageNumber() {
    batch.add(delivered("a", 9, -1));
    batch.add(delivered("a", 9, 7));
    batch.add(delivered("a", 9, -1));
    assertThat(batch.take(500))
        .containsExactly(new MoveCursors(List.of(delivered("a", 9, 7)), List.of()));
  }

  @Test
  void splitsWhatIsTooMuchForOneMessage() {
    batch.add(delivered("a", 1, 1));
    batch.add(delivered("b", 1, 1));
    batch.add(delivered("c", 1, 1));
    assertThat(batch.take(2)).hasSize(2);
  }

  @Test
  void putsBackWithoutGoingBackOrBeyondItsBound() {
    batch.add(delivered("a", 5, 5));
    List<MoveCursors> taken = batch.take(500);
    batch.add(delivered("a", 6, 6));
    batch.putBack(taken);
    assertThat(batch.take(500))
        .containsExactly(new MoveCursors(List.of(delivered("a", 6, 6)), List.of()));
    for (String id : List.of("a", "b", "c", "d")) {
      batch.add(delivered(id, 1, 1));
    }
    assertThat(batch.hasRoom(1)).isFalse();
    batch.putBack(List.of(new MoveCursors(List.of(delivered("e", 1, 1)), List.of())));
    assertThat(batch.take(500).get(0).delivered()).hasSize(4);
  }

  private static Delivered delivered(String conversation, long changeSeq, long seq) {
    return new Delivered(
        new UserId("u"), new DeviceId("d"), new ConversationId(conversation), changeSeq, seq);
  }

  private static Read read(String conversation, long seq) {
    return new Read(new UserId("u"), new DeviceId("d"), new ConversationId(conversation), seq);
  }
}
