package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConversationStreamTest {
  private static final UserId SELF = new UserId("self");
  private static final UserId OTHER = new UserId("other");
  private static final ConversationId ROOM = new ConversationId("room");

  @Test
  void givesWhatFollowsAndHoldsWhatDoesNot() {
    ConversationStream stream = live(4);
    assertThat(numbers(stream.offer(message(5)))).containsExactly(5L);
    assertThat(stream.offer(message(7))).isEmpty();
    assertThat(stream.wantsFill()).isTrue();
    assertThat(stream.fillFrom()).isEqualTo(5);
    assertThat(stream.offer(message(5))).isEmpty();
    assertThat(numbers(stream.offer(message(6)))).containsExactly(6L, 7L);
    assertThat(stream.wantsFill()).isFalse();
  }

  @Test
  void givesNothingLiveBeforeTheSyncIsOver() {
    ConversationStream stream = new ConversationStream(SELF, new HeldBytes(10_000));
    assertThat(stream.offer(message(3))).isEmpty();
    stream.startAt(1, false);
    assertThat(stream.wantsFill()).isFalse();
    assertThat(numbers(stream.page(List.of(message(2))))).containsExactly(2L);
    assertThat(numbers(stream.open())).containsExactly(3L);
  }

  @Test
  void startsANewConversationOnlyAtItsFirstChangeOrFromTheLog() {
    ConversationStream first = unknown();
    assertThat(numbers(first.offer(message(1)))).containsExactly(1L);
    ConversationStream later = unknown();
    assertThat(later.offer(joined(9))).isEmpty();
    assertThat(later.wantsFill()).isTrue();
    assertThat(later.fillFrom()).isZero();
    assertThat(numbers(later.page(List.of(joined(9), message(10))))).containsExactly(9L, 10L);
  }

  @Test
  void keepsWithinItsBudgetAndAsksTheLogForTheRest() {
    HeldBytes budget = new HeldBytes(2 * message(3).bytes());
    ConversationStream stream = new ConversationStream(SELF, budget);
    stream.startAt(0, false);
    stream.open();
    for (long n = 2; n < 100; n++) {
      assertThat(stream.offer(message(n))).isEmpty();
    }
    assertThat(budget.used()).isLessThanOrEqualTo(2 * message(3).bytes());
    assertThat(numbers(stream.page(List.of(message(1))))).containsExactly(1L, 2L, 3L);
    assertThat(stream.wantsFill()).isTrue();
    assertThat(budget.used()).isZero();
  }

  @Test
  void trustsNoHintAfterTheUsersOwnLeave() {
    ConversationStream stream = live(4);
    assertThat(numbers(stream.offer(left(5)))).containsExactly(5L);
    assertThat(stream.offer(message(6))).isEmpty();
    assertThat(stream.refused()).isEmpty();
    assertThat(stream.wantsFill()).isFalse();
    assertThat(stream.offer(joined(9))).isEmpty();
    assertThat(numbers(stream.page(List.of(joined(9))))).containsExactly(9L);
    assertThat(numbers(stream.offer(message(10)))).containsExactly(10L);
  }

  @Test
  void stillTellsOfTheLeaveWhereTheLogIsClosedAlready() {
    ConversationStream stream = live(4);
    assertThat(stream.offer(left(7))).isEmpty();
    assertThat(stream.offer(message(6))).isEmpty();
    assertThat(numbers(stream.refused())).containsExactly(7L);
    assertThat(stream.wantsFill()).isFalse();
  }

  @Test
  void skipsToWhereTheDeviceStartsAnew() {
    ConversationStream stream = live(4);
    stream.offer(message(900));
    stream.offer(message(902));
    assertThat(stream.skipTo(900, false)).isEmpty();
    assertThat(numbers(stream.offer(message(901)))).containsExactly(901L, 902L);
  }

  @Test
  void whereverItStartsAnewNothingFollowsWhereTheUserIsOut() {
    ConversationStream skipped = live(4);
    skipped.offer(message(901));
    assertThat(skipped.skipTo(900, true)).isEmpty();
    assertThat(skipped.offer(message(902))).isEmpty();
    ConversationStream started = unknown();
    started.startAt(900, true);
    assertThat(started.offer(message(901))).isEmpty();
    assertThat(started.isOut()).isTrue();
    assertThat(numbers(started.page(List.of(joined(905), message(906)))))
        .containsExactly(905L, 906L);
    assertThat(numbers(started.offer(message(907)))).containsExactly(907L);
  }

  @Test
  void isAlwaysAPrefixOfWhatTheUserMaySeeWhateverTheHintsDo() {
    long seed = Long.getLong("parley.seed", System.nanoTime());
    System.out.println("ConversationStreamTest seed " + seed);
    for (int run = 0; run < 20_000; run++) {
      new Schedule(seed + run).run();
    }
  }

  /** One random life of a conversation on one connection. */
  private static final class Schedule {
    private final long seed;
    private final Random random;
    private final List<ChangeFrame> log = new ArrayList<>();
    private final List<ChangeFrame> visible = new ArrayList<>();
    private final List<ChangeFrame> underWay = new ArrayList<>();
    private final List<List<ChangeFrame>> pages = new ArrayList<>();
    private final List<Long> given = new ArrayList<>();
    private final HeldBytes budget;
    private final ConversationStream stream;
    private boolean member;
    private boolean open;

    Schedule(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.budget = new HeldBytes(random.nextInt(600));
      this.stream = new ConversationStream(SELF, budget);
    }

    void run() {
      member = random.nextBoolean();
      long start = 0;
      if (random.nextBoolean()) {
        for (int i = random.nextInt(8); i > 0; i--) {
          commit();
        }
        // A cursor stands at something that the user saw.
        start = visible.isEmpty() ? 0 : visible.get(random.nextInt(visible.size())).number();
        if (start > 0) {
          stream.startAt(start, false);
        }
      }
      for (int i = 0; i < 60; i++) {
        step(random.nextInt(8));
      }
      settle();
      long after = start;
      List<Long> expected =
          visible.stream().map(ChangeFrame::number).filter(n -> n > after).toList();
      assertThat(given).as("seed " + seed).isEqualTo(expected.subList(0, given.size()));
      if (!expected.isEmpty() && stream.wantsFill()) {
        throw new AssertionError("did not settle, seed " + seed);
      }
      assertThat(budget.used()).as("seed " + seed).isZero();
    }

    private void step(int choice) {
      switch (choice) {
        case 0, 1 -> commit();
        case 2, 3, 4 -> hint(random.nextInt(4));
        case 5 -> ask();
        case 6 -> answer();
        default -> {
          if (!open && random.nextInt(4) == 0) {
            open = true;
            take(stream.open());
          }
        }
      }
    }

    private void commit() {
      long n = log.size() + 1;
      ChangeFrame change;
      boolean seen = member;
      if (random.nextInt(5) == 0) {
        change = member ? left(n) : joined(n);
        member = !member;
        seen = true;
      } else {
        change = message(n);
      }
      log.add(change);
      if (seen) {
        visible.add(change);
        underWay.add(change);
      }
    }

    private void hint(int fate) {
      if (underWay.isEmpty()) {
        return;
      }
      int which = random.nextInt(4) > 0 ? 0 : random.nextInt(underWay.size());
      ChangeFrame hint = underWay.get(which);
      if (fate > 0) {
        underWay.remove(which);
      }
      if (fate < 3) {
        take(stream.offer(hint));
      }
    }

    private void ask() {
      if (stream.wantsFill() || random.nextInt(5) == 0) {
        long after = stream.fillFrom();
        pages.add(
            visible.stream().filter(c -> c.number() > after).limit(1 + random.nextInt(5)).toList());
      }
    }

    private void answer() {
      if (pages.isEmpty()) {
        return;
      }
      int which = random.nextInt(pages.size());
      List<ChangeFrame> page = pages.remove(which);
      int cut = random.nextInt(page.size() + 1);
      take(stream.page(page.subList(0, cut)));
      if (cut < page.size()) {
        pages.add(page.subList(cut, page.size()));
      }
    }

    private void settle() {
      if (!open) {
        take(stream.open());
      }
      while (!pages.isEmpty()) {
        // The parts of one page stay in order.
        answer();
      }
      for (int i = 0; i < 200 && stream.wantsFill(); i++) {
        long after = stream.fillFrom();
        take(stream.page(visible.stream().filter(c -> c.number() > after).limit(5).toList()));
      }
    }

    private void take(List<ChangeFrame> frames) {
      for (ChangeFrame frame : frames) {
        if (!given.isEmpty() && frame.number() <= given.get(given.size() - 1)) {
          throw new AssertionError("not ascending, seed " + seed);
        }
        given.add(frame.number());
      }
    }
  }

  private static ConversationStream live(long position) {
    ConversationStream stream = unknown();
    stream.startAt(position, false);
    return stream;
  }

  private static ConversationStream unknown() {
    ConversationStream stream = new ConversationStream(SELF, new HeldBytes(10_000));
    stream.open();
    return stream;
  }

  private static List<Long> numbers(List<ChangeFrame> frames) {
    return frames.stream().map(ChangeFrame::number).toList();
  }

  private static ChangeFrame message(long n) {
    return frame(n, ChangeType.MESSAGE_NEW, null);
  }

  private static ChangeFrame left(long n) {
    return frame(n, ChangeType.MEMBER_LEFT, SELF);
  }

  private static ChangeFrame joined(long n) {
    return frame(n, ChangeType.MEMBER_JOINED, SELF);
  }

  private static ChangeFrame frame(long n, ChangeType type, UserId subject) {
    byte[] payload = ("{\"changeSeq\":" + n + "}").getBytes(StandardCharsets.UTF_8);
    return ServerFrames.change(new Change(ROOM, n, n, type, OTHER, subject, 0, payload));
  }
}
