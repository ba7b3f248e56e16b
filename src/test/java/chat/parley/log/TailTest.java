package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TailTest {
  @Test
  void theHighestCompleteGroupCounts() {
    Tail tail = new Tail(List.of(row(1, 3, 1, 1), row(1, 2, 1, 2), row(2, 2, 1, 2)), false);

    assertThat(tail.bestGroupAt(1)).map(Group::epoch).contains(3L);
  }

  @Test
  void aFragmentOfAHigherEpochDoesNotCount() {
    Tail tail = new Tail(List.of(row(1, 3, 1, 2), row(1, 2, 1, 1)), false);

    assertThat(tail.bestGroupAt(1)).map(Group::epoch).contains(2L);
  }

  @Test
  void aGroupThatDoesNotStartHereDoesNotCount() {
    Tail tail = new Tail(List.of(row(2, 3, 1, 2)), false);

    assertThat(tail.bestGroupAt(2)).isEmpty();
  }

  @Test
  void aPageThatEndsInsideAGroupDecidesNothingThere() {
    List<LogRow> page = List.of(row(1, 2, 1, 1), row(2, 3, 2, 3), row(2, 2, 2, 1), row(3, 3, 2, 3));

    assertThat(new Tail(page, true).isCutAt(1)).isFalse();
    assertThat(new Tail(page, true).isCutAt(2)).isTrue();
    assertThat(new Tail(page, true).bestGroupAt(2)).isEmpty();
    assertThat(new Tail(page, false).isCutAt(2)).isFalse();
    assertThat(new Tail(page, false).bestGroupAt(2)).map(Group::epoch).contains(2L);
  }

  private static LogRow row(long changeSeq, long epoch, long groupFirst, int groupLength) {
    Change change =
        new Change(
            new ConversationId("c"),
            changeSeq,
            changeSeq,
            ChangeType.MESSAGE_NEW,
            new UserId("u"),
            null,
            0,
            new byte[0]);
    return new LogRow(0, epoch, groupFirst, groupLength, false, change, null);
  }
}
