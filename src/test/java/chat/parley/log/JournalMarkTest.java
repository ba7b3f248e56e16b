package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JournalMarkTest {
  private final JournalMark mark = new JournalMark();

  @Test
  void nothingIsCutBeforeWhatEarlierOwnersLeftIsSettled() {
    JournalMark.Entry own = mark.sent();
    own.answered(7);
    own.settled();

    assertThat(mark.firstKept()).isZero();
    mark.recovered(5);
    assertThat(mark.firstKept()).isEqualTo(8);
  }

  @Test
  void aGroupThatIsNotOverHoldsTheMark() {
    mark.recovered(5);
    JournalMark.Entry first = mark.sent();
    JournalMark.Entry second = mark.sent();
    second.answered(6);
    second.settled();
    assertThat(mark.firstKept()).as("the first is still on its way").isEqualTo(5);
    first.answered(5);
    assertThat(mark.firstKept()).as("the first is not settled").isEqualTo(5);

    first.settled();

    assertThat(mark.firstKept()).isEqualTo(7);
  }

  @Test
  void aGroupThatTheJournalHasNotAnsweredForDoesNotHoldItForEver() {
    mark.recovered(5);
    JournalMark.Entry lost = mark.sent();
    lost.settled();
    lost.failed();

    assertThat(mark.firstKept()).isEqualTo(5);
    assertThat(mark.keeps(5)).isTrue();
    assertThat(mark.keeps(4)).isFalse();
  }
}
