package chat.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.conversation.Standing.Range;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StandingTest {
  private static final UserId ANNA = new UserId("anna");

  @Test
  void nothingOfTheTimeBetweenTwoStaysIsDeliveredWhateverTheSetting() {
    Standing back = new Standing(List.of(stint(5, 10), stint(20, Stint.STILL_THERE)));
    assertThat(back.delivered(30)).containsExactly(new Range(5, 10), new Range(20, 30));
    assertThat(back.readable(30, HistoryVisibility.JOINED)).isEqualTo(back.delivered(30));
  }

  @Test
  void whoIsInReadsEverythingWhereHistoryIsForAll() {
    Standing back = new Standing(List.of(stint(5, 10), stint(20, Stint.STILL_THERE)));
    assertThat(back.readable(30, HistoryVisibility.ALL)).containsExactly(new Range(1, 30));
  }

  @Test
  void nothingAfterARemovalIsReadWhateverTheSetting() {
    Standing gone = new Standing(List.of(stint(5, 10)));
    assertThat(gone.readable(30, HistoryVisibility.ALL)).containsExactly(new Range(1, 10));
    assertThat(gone.readable(30, HistoryVisibility.JOINED)).containsExactly(new Range(5, 10));
    assertThat(gone.delivered(8)).containsExactly(new Range(5, 8));
  }

  @Test
  void aStrangerReadsNothingWhateverTheSetting() {
    Standing stranger = new Standing(List.of());
    for (HistoryVisibility history : HistoryVisibility.values()) {
      assertThat(stranger.readable(30, history)).isEmpty();
      assertThat(stranger.mayRead(1, history)).isFalse();
    }
  }

  @Test
  void oneNumberIsJudgedAsRangesAre() {
    List<Standing> standings =
        List.of(
            new Standing(List.of()),
            new Standing(List.of(stint(0, Stint.STILL_THERE))),
            new Standing(List.of(stint(3, 7))),
            new Standing(List.of(stint(3, 7), stint(9, Stint.STILL_THERE))));
    for (Standing standing : standings) {
      for (HistoryVisibility history : HistoryVisibility.values()) {
        List<Range> ranges = standing.readable(20, history);
        assertThat(LongStream.rangeClosed(1, 20).filter(n -> standing.mayRead(n, history)))
            .containsExactlyElementsOf(
                LongStream.rangeClosed(1, 20)
                    .filter(n -> ranges.stream().anyMatch(range -> range.holds(n)))
                    .boxed()
                    .toList());
      }
      assertThat(LongStream.rangeClosed(1, 20).filter(standing::wasThere))
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, 20)
                  .filter(n -> standing.delivered(20).stream().anyMatch(range -> range.holds(n)))
                  .boxed()
                  .toList());
    }
  }

  @Test
  void whoNeverWasThereIsToldLessThanWhoLeft() {
    refused(new Standing(List.of()), Failure.NOT_FOUND);
    refused(new Standing(List.of(stint(1, 2))), Failure.NOT_A_MEMBER);
    Stint lasting = stint(4, Stint.STILL_THERE);
    assertThat(new Standing(List.of(stint(1, 2), lasting)).member()).isEqualTo(lasting);
  }

  private static void refused(Standing standing, Failure failure) {
    assertThatThrownBy(standing::member)
        .isInstanceOfSatisfying(
            FailureException.class, refused -> assertThat(refused.failure()).isEqualTo(failure));
  }

  private static Stint stint(long joined, long left) {
    return new Stint(ANNA, Role.MEMBER, joined, left);
  }
}
