package chat.parley.verify;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.log.LogScan.ChangeRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LogWalkTest {
  private final List<Finding> findings = new ArrayList<>();
  private final List<Long> committed = new ArrayList<>();
  private final List<String> shown = new ArrayList<>();
  private final List<Long> likely = new ArrayList<>();
  private LogWalk walk;

  private final LogEvents events =
      new LogEvents() {
        @Override
        public void committed(ChangeRow row) {
          committed.add(row.changeSeq());
          shown.add(row.changeSeq() + "@" + row.epoch());
        }

        @Override
        public void likely(ChangeRow row) {
          likely.add(row.changeSeq());
        }
      };

  /** Walks as the reading does: bucket by bucket, and what is contested beside it. */
  @SafeVarargs
  private void walk(long bound, List<ChangeRow>... groups) {
    List<ChangeRow> rows = new ArrayList<>();
    for (List<ChangeRow> group : groups) {
      rows.addAll(group);
    }
    rows.sort(
        Comparator.comparingLong(ChangeRow::changeSeq)
            .thenComparing(ChangeRow::epoch, Comparator.reverseOrder()));
    int top = rows.stream().mapToInt(ChangeRow::bucket).max().orElse(0);
    walk = new LogWalk("c", bound, events, findings::add);
    TwoContents twoContents = new TwoContents("c", findings::add);
    while (true) {
      int bucket = walk.bucket();
      rows.stream()
          .filter(row -> row.bucket() == bucket)
          .forEach(
              row -> {
                twoContents.row(row);
                walk.row(row);
              });
      walk.endOfBucket();
      if (walk.bucket() == bucket) {
        if (!walk.lacks() || bucket >= top) {
          break;
        }
        walk.skipToNextBucket();
      }
    }
    twoContents.end();
  }

  private void assertFound(Fault fault, long number) {
    assertThat(findings).extracting(Finding::fault).containsExactly(fault);
    assertThat(findings).extracting(Finding::number).containsExactly(number);
  }

  private static Long[] numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toArray(Long[]::new);
  }

  @Test
  void aSoundLogHasNoFindings() {
    walk(6, Rows.group(0, 1, 1, 2, "a"), Rows.group(0, 1, 3, 3, "b"), Rows.group(0, 2, 6, 1, "c"));

    assertThat(findings).isEmpty();
    assertThat(committed).containsExactly(numbers(1, 6));
    assertThat(walk.next()).isEqualTo(7);
  }

  @Test
  void whatIsBeyondTheBoundIsOnlyLikely() {
    walk(2, Rows.group(0, 1, 1, 2, "a"), Rows.group(0, 1, 3, 3, "b"));

    assertThat(findings).isEmpty();
    assertThat(committed).containsExactly(1L, 2L);
    assertThat(likely).containsExactly(3L, 4L, 5L);
    assertThat(walk.next()).isEqualTo(6);
  }

  @Test
  void aFragmentBeyondTheBoundIsNoFault() {
    walk(2, Rows.group(0, 1, 1, 2, "a"), Rows.group(0, 1, 3, 3, "b").subList(1, 3));

    assertThat(findings).isEmpty();
    assertThat(walk.next()).isEqualTo(3);
  }

  @Test
  void leftoversOfSupersededEpochsAreNoFault() {
    walk(
        5,
        Rows.group(0, 1, 1, 2, "a"),
        Rows.group(0, 2, 3, 1, "lost"), // of a race that epoch 3 won
        Rows.group(0, 3, 3, 2, "won"),
        Rows.group(0, 3, 5, 1, "b"),
        Rows.group(0, 1, 3, 3, "older still").subList(0, 2));

    assertThat(findings).isEmpty();
    assertThat(shown).containsExactly("1@1", "2@1", "3@3", "4@3", "5@3");
  }

  @Test
  void theLastGroupWrittenAgainByTheNextOwnerIsNoFault() {
    walk(
        4,
        Rows.group(0, 1, 1, 2, "a"),
        Rows.group(0, 1, 3, 2, "b"),
        Rows.group(0, 2, 3, 2, "b"),
        Rows.group(0, 2, 5, 1, "c"));

    assertThat(findings).isEmpty();
    assertThat(shown).containsExactly("1@1", "2@1", "3@2", "4@2");
  }

  @Test
  void aHoleIsNamedOnceWithItsFirstNumber() {
    walk(9, Rows.group(0, 1, 1, 2, "a"), Rows.group(0, 1, 6, 1, "b"), Rows.group(0, 1, 7, 3, "c"));

    assertFound(Fault.HOLE, 3);
    assertThat(findings.get(0).what()).contains("3 to 5");
    assertThat(committed).containsExactly(1L, 2L, 6L, 7L, 8L, 9L);
  }

  @Test
  void aRowThatIsMissingInsideAGroupIsAHole() {
    List<ChangeRow> group = new ArrayList<>(Rows.group(0, 1, 3, 3, "b"));
    group.remove(1);
    walk(6, Rows.group(0, 1, 1, 2, "a"), group, Rows.group(0, 1, 6, 1, "c"));

    assertFound(Fault.HOLE, 4);
    assertThat(committed).containsExactly(1L, 2L, 3L, 5L, 6L);
  }

  @Test
  void rowsThatMakeUpNoGroupAreNamed() {
    List<ChangeRow> mixed =
        List.of(
            Rows.message(0, 1, 3, 3, 2, false, "m3", "b"),
            Rows.message(0, 2, 4, 3, 2, false, "m4", "b"));
    walk(5, Rows.group(0, 1, 1, 2, "a"), mixed, Rows.group(0, 2, 5, 1, "c"));

    assertFound(Fault.GROUP, 3);
  }

  @Test
  void theLogGoesOnInTheNextBucketAndLeftoversBeyondABucketsEndAreNoFault() {
    walk(
        6,
        Rows.group(0, 1, 1, 2, "a"),
        Rows.closing(0, 2, 3, 1, "end"),
        Rows.group(0, 1, 3, 2, "lost"),
        Rows.group(1, 2, 4, 2, "b"),
        Rows.group(1, 2, 6, 1, "c"));

    assertThat(findings).isEmpty();
    assertThat(committed).containsExactly(numbers(1, 6));
    assertThat(walk.bucket()).isEqualTo(1);
  }

  @Test
  void aBucketThatLostItsEndIsAHole() {
    walk(6, Rows.group(0, 1, 1, 2, "a"), Rows.group(1, 2, 4, 2, "b"), Rows.group(1, 2, 6, 1, "c"));

    assertFound(Fault.HOLE, 3);
    assertThat(committed).containsExactly(1L, 2L, 4L, 5L, 6L);
  }

  @Test
  void aNumberThatTwoEpochsCommittedIsNamed() {
    walk(
        4,
        Rows.group(0, 1, 1, 2, "a"),
        Rows.group(0, 1, 3, 1, "first"),
        Rows.group(0, 2, 3, 1, "second"),
        Rows.group(0, 1, 4, 1, "built on the first"),
        Rows.group(0, 2, 5, 1, "built on the second"));

    assertFound(Fault.TWO_CONTENTS, 3);
  }

  @Test
  void aFragmentThatHidesTheCommittedContentIsNamed() {
    walk(
        4,
        Rows.group(0, 1, 1, 2, "a"),
        Rows.group(0, 1, 3, 2, "whole"),
        Rows.group(0, 2, 3, 2, "fragment").subList(1, 2));

    assertThat(findings).extracting(Finding::fault).contains(Fault.TWO_CONTENTS);
    assertThat(findings).extracting(Finding::number).contains(4L);
  }

  @Test
  void anEmptyLogIsSound() {
    walk(0);

    assertThat(findings).isEmpty();
    assertThat(walk.next()).isEqualTo(1);
  }
}
