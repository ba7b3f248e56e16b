package chat.parley.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.cursor.Cursors.Delivered;
import chat.parley.cursor.Cursors.Read;
import chat.parley.cursor.Cursors.UserCursor;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.receipts.CursorMover.Resolved;
import chat.parley.receipts.Ledger.Counts;
import chat.parley.receipts.Ledger.Writes;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final ConversationId HALL = new ConversationId("hall");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BERT = new UserId("bert");
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final DeviceId LAPTOP = new DeviceId("laptop");
  private static final long FLUSH = 1_000;
  private static final int STEP = 10;

  private final Ledger ledger = new Ledger(new LargeSettings(FLUSH, STEP));

  @Test
  void theFirstReadIsStoredAtOnceAndWhatFollowsWithTheNextFlush() {
    assertThat(read(ANNA, 3, 0).read()).containsExactly(new Read(ANNA, HALL, 3));
    assertThat(read(ANNA, 4, 500).isEmpty()).isTrue();
    assertThat(read(ANNA, 6, 900).isEmpty()).isTrue();

    assertThat(ledger.flush(999).read()).containsExactly(new Read(ANNA, HALL, 6));
    assertThat(ledger.flush(1_000).isEmpty()).isTrue();
    assertThat(read(ANNA, 7, 1_500).isEmpty()).as("too soon after a write").isTrue();
    assertThat(read(ANNA, 8, 1_999).read()).containsExactly(new Read(ANNA, HALL, 8));
  }

  @Test
  void aReadThatDoesNotRiseIsNeitherStoredNorCounted() {
    read(ANNA, 5, 0);
    assertThat(read(ANNA, 4, FLUSH).isEmpty()).isTrue();
    assertThat(ledger.counts(5, null)).isEqualTo(new Counts(5, 1, 1));
  }

  @Test
  void aDeliveryIsStoredWhenItIsFarEnoughOrWithTheUsersRead() {
    assertThat(deliver(ANNA, PHONE, 1, 1, false).isEmpty()).isTrue();
    assertThat(ledger.flush(0).delivered()).as("nothing of it is stored yet").hasSize(1);
    int written = 0;
    for (int change = 2; change <= 1 + 3 * STEP; change++) {
      deliver(ANNA, PHONE, change, change, false);
      written += ledger.flush(0).delivered().size();
    }
    assertThat(written).as("of thirty changes").isEqualTo(3);

    deliver(ANNA, LAPTOP, 2, 2, false);
    deliver(ANNA, PHONE, STEP + 2, STEP + 2, false);
    Writes together = read(ANNA, 2, FLUSH);

    assertThat(together.read()).hasSize(1);
    assertThat(together.delivered()).extracting(Delivered::deviceId).contains(PHONE, LAPTOP);
  }

  @Test
  void devicesThatHearTheSameAreNotAllStoredAtTheSameChange() {
    List<UserId> users = IntStream.range(0, 1_000).mapToObj(i -> new UserId("user-" + i)).toList();
    users.forEach(user -> deliver(user, PHONE, 1, 1, false));
    ledger.flush(0);
    for (int change = 2; change <= 1 + STEP; change++) {
      for (UserId user : users) {
        deliver(user, PHONE, change, change, false);
      }
      assertThat(ledger.flush(0).delivered()).as("change %d", change).hasSizeBetween(50, 200);
    }
  }

  @Test
  void partsTogetherAreAFlush() {
    List<UserId> users = IntStream.range(0, 1_000).mapToObj(i -> new UserId("user-" + i)).toList();
    users.forEach(user -> deliver(user, PHONE, 1, 1, false));
    List<Integer> sizes =
        IntStream.range(0, 10)
            .mapToObj(part -> ledger.flush(0, part, 10))
            .map(LedgerTest::size)
            .toList();

    assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(50, 200));
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_000);
    assertThat(ledger.flush(0).isEmpty()).isTrue();
  }

  private static int size(Writes writes) {
    return writes.delivered().size();
  }

  @Test
  void whoeverWaitsForItHasItStored() {
    assertThat(deliver(ANNA, PHONE, 1, 1, true).delivered()).hasSize(1);
    assertThat(deliver(ANNA, PHONE, 2, 2, true).delivered()).hasSize(1);
  }

  @Test
  void whatWasNotStoredGoesWithTheNextFlush() {
    Writes lost = read(ANNA, 3, 0);
    ledger.unstored(lost);
    assertThat(ledger.flush(1).read()).containsExactly(new Read(ANNA, HALL, 3));

    deliver(ANNA, PHONE, 4, 4, false);
    Writes alsoLost = ledger.flush(2);
    read(ANNA, 9, 3);
    ledger.unstored(alsoLost);

    Writes next = ledger.flush(4);
    assertThat(next.delivered()).containsExactly(new Delivered(ANNA, PHONE, HALL, 4, 4));
    assertThat(next.read()).containsExactly(new Read(ANNA, HALL, 9));
  }

  @Test
  void countsAreOfTheLatestThatSomebodyHasAndAreToldOnce() {
    deliver(ANNA, PHONE, 5, 5, false);
    deliver(BERT, PHONE, 4, 4, false);
    assertThat(ledger.news()).isEqualTo(new Counts(5, 1, 0));
    assertThat(ledger.news()).isNull();

    deliver(BERT, PHONE, 4, 4, false);
    assertThat(ledger.news()).as("nothing rose").isNull();
    read(BERT, 5, 0);
    assertThat(ledger.news()).as("who reads has it").isEqualTo(new Counts(5, 2, 1));
    assertThat(ledger.counts(5, BERT)).isEqualTo(new Counts(5, 1, 0));
  }

  @Test
  void itBeginsWithWhatIsStoredAndForgetsWhoIsGone() {
    ledger.rebuild(List.of(new UserCursor(ANNA, 3, 7), new UserCursor(BERT, 7, 2)));
    assertThat(ledger.news()).isEqualTo(new Counts(7, 2, 1));
    read(ANNA, 8, 0);

    ledger.keepOnly(Set.of(BERT));

    assertThat(ledger.news()).isEqualTo(new Counts(8, 0, 0));
    assertThat(ledger.flush(1).isEmpty()).isTrue();
  }

  @Test
  void whatIsNotWorthAWriteIsStoredBeforeItIsForgotten() {
    for (UserId user : List.of(ANNA, new UserId("dora"))) {
      deliver(user, PHONE, 10, 10, false);
      ledger.flush(1);
      deliver(user, PHONE, 11, 11, false);
    }
    assertThat(ledger.flush(2).isEmpty()).isTrue();
    assertThat(ledger.isStored()).isFalse();

    Writes one = ledger.rest(3, 1);
    assertThat(one.delivered()).extracting(Delivered::changeSeq).containsExactly(11L);
    assertThat(ledger.isStored()).isFalse();
    Writes other = ledger.rest(4, 1);
    assertThat(ledger.isStored()).isTrue();
    assertThat(ledger.rest(5, 1).isEmpty()).isTrue();

    ledger.unstored(other);
    assertThat(ledger.isStored()).isFalse();
    assertThat(ledger.rest(6, 9).delivered()).isEqualTo(other.delivered());
  }

  private Writes read(UserId user, long seq, long now) {
    Writes writes = new Writes();
    ledger.move(resolved(List.of(), List.of(new Read(user, HALL, seq))), false, now, writes);
    return writes;
  }

  private Writes deliver(UserId user, DeviceId device, long changeSeq, long seq, boolean durable) {
    Writes writes = new Writes();
    Delivered move = new Delivered(user, device, HALL, changeSeq, seq);
    ledger.move(resolved(List.of(move), List.of()), durable, 0, writes);
    return writes;
  }

  private static Resolved resolved(List<Delivered> delivered, List<Read> read) {
    return new Resolved(delivered, read, Moved.all().rest());
  }
}
