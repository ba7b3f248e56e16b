package chat.parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ConversationStreamTest {
  private static final String ME = "me";
  private static final long PATIENCE = 100;

  private final List<Long> passed = new ArrayList<>();

  private ConversationStream stream(long cursor) {
    return new ConversationStream(
        ME, cursor, 10, (change, source) -> passed.add(change.changeSeq()));
  }

  private static Change message(long changeSeq) {
    Message message =
        new Message("m" + changeSeq, changeSeq, "you", "d", "k" + changeSeq, "now", "text", null);
    return new Change("message.new", "c", changeSeq, changeSeq, "now", "you", message, null, null);
  }

  private static Change membership(String type, String userId, long changeSeq) {
    Member member = new Member(userId, userId, userId, "member", -1);
    return new Change(type, "c", changeSeq, 0, "now", "you", null, member, null);
  }

  private static ChangePage page(boolean hasMore, long... numbers) {
    List<Change> items = LongStream.of(numbers).mapToObj(ConversationStreamTest::message).toList();
    return new ChangePage(items, 100, hasMore);
  }

  @Test
  void whatOvertakesIsHeldUntilTheHoleIsFilled() {
    ConversationStream stream = stream(0);
    stream.offer(message(1), Source.LIVE, 0);
    stream.offer(message(3), Source.ACK, 0);
    stream.offer(message(4), Source.LIVE, 0);
    assertThat(passed).containsExactly(1L);
    stream.offer(message(2), Source.LIVE, 50);
    stream.offer(message(2), Source.LIVE, 50);
    assertThat(passed).containsExactly(1L, 2L, 3L, 4L);
    assertThat(stream.needsRepair(1_000, PATIENCE)).isFalse();
  }

  @Test
  void aHoleThatStaysAsksForRepairAfterPatienceOnly() {
    ConversationStream stream = stream(5);
    stream.offer(message(7), Source.LIVE, 0);
    assertThat(stream.needsRepair(PATIENCE, PATIENCE)).isFalse();
    assertThat(stream.needsRepair(PATIENCE + 1, PATIENCE)).isTrue();
    stream.page(page(false, 6, 7), 200);
    assertThat(passed).containsExactly(6L, 7L);
    assertThat(stream.needsRepair(10_000, PATIENCE)).isFalse();
  }

  @Test
  void aFruitlessRepairIsAskedForAgainButLessOften() {
    ConversationStream stream = stream(5);
    stream.offer(message(7), Source.LIVE, 0);
    stream.page(page(false), 200);
    assertThat(stream.needsRepair(200 + PATIENCE + 1, PATIENCE)).isFalse();
    assertThat(stream.needsRepair(200 + 2 * PATIENCE + 1, PATIENCE)).isTrue();
  }

  @Test
  void theNumbersBeginWithOnesOwnJoin() {
    ConversationStream stream = stream(ConversationStream.UNKNOWN);
    stream.offer(membership("member.joined", ME, 41), Source.LIVE, 0);
    stream.offer(message(42), Source.LIVE, 0);
    assertThat(passed).containsExactly(41L, 42L);
  }

  @Test
  void aStreamThatBeginsInTheMiddleWaitsForASync() {
    ConversationStream stream = stream(ConversationStream.UNKNOWN);
    stream.offer(message(42), Source.LIVE, 0);
    assertThat(passed).isEmpty();
    assertThat(stream.needsRepair(PATIENCE + 1, PATIENCE)).isTrue();
    stream.page(page(false, 41), 200);
    assertThat(passed).containsExactly(41L, 42L);
  }

  @Test
  void afterALeaveTheStreamGoesOnAtTheNextJoin() {
    ConversationStream stream = stream(3);
    stream.offer(membership("member.left", ME, 4), Source.LIVE, 0);
    assertThat(stream.left()).isTrue();
    stream.offer(membership("member.joined", ME, 9), Source.LIVE, 0);
    stream.offer(message(10), Source.LIVE, 0);
    assertThat(passed).containsExactly(4L, 9L, 10L);
    assertThat(stream.left()).isFalse();
  }

  @Test
  void aReturnThatCameBeforeThePageOfTheLeaveIsKept() {
    ConversationStream stream = stream(3);
    stream.offer(message(6), Source.LIVE, 0);
    stream.offer(membership("member.joined", ME, 9), Source.LIVE, 0);
    stream.offer(message(10), Source.LIVE, 0);
    stream.page(new ChangePage(List.of(membership("member.left", ME, 4)), 10, false), 1);
    assertThat(passed).containsExactly(4L, 9L, 10L);
    assertThat(stream.needsRepair(10_000, PATIENCE)).isFalse();
  }

  @Test
  void aPageThatSkipsNumbersIsTheServersWordOnWhatIsHidden() {
    ConversationStream stream = stream(3);
    stream.offer(message(12), Source.LIVE, 0);
    stream.page(page(true, 8, 9), 10);
    assertThat(stream.needsRepair(11, PATIENCE)).isTrue();
    stream.page(page(false, 10, 11), 12);
    assertThat(passed).containsExactly(8L, 9L, 10L, 11L, 12L);
  }

  @Test
  void whoMayNotReadStopsAsking() {
    ConversationStream stream = stream(3);
    stream.offer(message(12), Source.LIVE, 0);
    stream.refused();
    assertThat(stream.needsRepair(10_000, PATIENCE)).isFalse();
    assertThat(passed).isEmpty();
  }

  @Test
  void whatDoesNotFitBeyondAHoleIsAskedForAgain() {
    ConversationStream stream = stream(0);
    for (long number = 2; number <= 20; number++) {
      stream.offer(message(number), Source.LIVE, 0);
    }
    stream.page(page(false, 1), 10);
    assertThat(passed).hasSize(11);
    assertThat(stream.needsRepair(10 + PATIENCE + 1, PATIENCE)).isTrue();
  }
}
