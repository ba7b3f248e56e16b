package chat.parley.verify;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.ChangeType;
import chat.parley.log.LogScan.ChangeRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which records count as lacking, by what each of the two topics has kept. */
class StreamCheckTest {
  private static final String ID = "c";
  private static final int SECOND = 1_000;

  private final List<Finding> findings = new ArrayList<>();
  private final StreamCheck check = new StreamCheck(Set.of(), findings::add);

  /** Numbers 1 to 3 were small, 4 to 6 large; each was committed at its number in seconds. */
  private static StreamDigests log(StreamKept held) {
    StreamDigests digests = new StreamDigests(ID, 6, held);
    for (int number = 1; number <= 6; number++) {
      digests.committed(row(number, number > 3));
    }
    digests.end(6);
    return digests;
  }

  private static ChangeRow row(long number, boolean large) {
    return new ChangeRow(
        0,
        number,
        1,
        number,
        1,
        false,
        number,
        ChangeType.MESSAGE_NEW.code(),
        "u",
        null,
        large,
        number * SECOND,
        0,
        new byte[] {1});
  }

  private static StreamKept since(long small, long large) {
    return (conversation, ofLarge) -> ofLarge ? large : small;
  }

  private List<Long> lacking() {
    return findings.stream().map(Finding::number).toList();
  }

  @Test
  void aTopicThatLostAllSaysNothingAboutTheOther() {
    check.expect(ID, log(since(Long.MIN_VALUE, Long.MIN_VALUE)));
    check.end(since(Long.MIN_VALUE, Long.MAX_VALUE));

    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).what()).contains("numbers 1 to 3 are");
    assertThat(check.coverage()).isEqualTo(new StreamCoverage(3, 3, 1, 0, 0, 0, 0));
  }

  @Test
  void whatWasRemovedMeanwhileIsNotLacking() {
    check.expect(ID, log(since(2 * SECOND, Long.MIN_VALUE)));
    check.end(since(3 * SECOND, 6 * SECOND));

    assertThat(lacking()).containsExactly(3L, 6L);
    assertThat(check.coverage()).isEqualTo(new StreamCoverage(2, 4, 1, 0, 0, 0, 0));
  }

  @Test
  void conversationsOfWhichNothingIsLeftAreCounted() {
    check.expect(ID, log(since(Long.MAX_VALUE, Long.MAX_VALUE)));
    check.end(since(Long.MAX_VALUE, Long.MAX_VALUE));

    assertThat(findings).isEmpty();
    assertThat(check.coverage()).isEqualTo(new StreamCoverage(0, 6, 1, 1, 0, 0, 0));
    assertThat(check.coverage().notes()).hasSize(1);
    assertThat(check.coverage().isPartial()).isTrue();
  }

  @Test
  void aRecordOfAnOldChangeIsJudgedByItsRow() {
    StreamDigests log = log(since(3 * SECOND, Long.MIN_VALUE));
    check.expect(ID, log);
    long right = Content.digest(row(1, false));
    check.settle(ID, new StreamCheck.Later(1, right, "0@1"), right);
    check.settle(ID, new StreamCheck.Later(2, right + 1, "0@2"), right);
    for (long number = 3; number <= 6; number++) {
      log.meet(number, Content.digest(row(number, number > 3)));
    }
    check.end(since(3 * SECOND, Long.MIN_VALUE));

    assertThat(findings).extracting(Finding::fault).containsExactly(Fault.STREAM_CONTENT);
    assertThat(lacking()).containsExactly(2L);
    assertThat(check.coverage()).isEqualTo(new StreamCoverage(6, 0, 0, 0, 0, 0, 0));
    assertThat(check.coverage().isPartial()).isFalse();
  }
}
