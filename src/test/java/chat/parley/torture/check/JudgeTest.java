package chat.parley.torture.check;

import static chat.parley.torture.check.Tale.by;
import static chat.parley.torture.check.Tale.send;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a correct system may do is sound; each thing that it must not do is seen. */
class JudgeTest {
  private static final Requirements REQUIRED =
      Requirements.least()
          .withLeastAcks(8)
          .withLongestGaps(Duration.ofSeconds(5), Duration.ofSeconds(5))
          .withFaultSeen()
          .withCursors()
          .withSorts(Set.of("dm", "group"));

  @TempDir private Path folder;

  private List<Kind> kinds(Tale tale) {
    return tale.judged(folder, REQUIRED).violations().stream().map(Violation::kind).toList();
  }

  /**
   * All that is odd and right. In the group g: ada and bob from the start (1, 2), eve from 4 to 7
   * and again from 9, while her device was away.
   */
  private static Tale sound() {
    Tale tale =
        new Tale()
            .connects("ada/1")
            .connects("bob/1")
            .connects("eve/1")
            .joins("g", "ada")
            .joins("g", "bob")
            .cast("g", "group", "ada", "bob")
            .cast("d", "dm", "ada", "bob")
            .shows("ada/1", "g", 1, 2)
            .receives("bob/1", "g", 1) // before his own join, while the group is made
            .says("ada/1", "g", "m3")
            .joins("g", "eve")
            .shows("eve/1", "g", 4);
    // The first ack is lost, the second is a replay, and comes twice.
    tale.sends("bob/1", "g", "m5")
        .commits("bob/1", "g", "m5")
        .shows("eve/1", "g", 5)
        .resends("bob/1", "g", "m5")
        .acked("bob/1", "g", "m5")
        .acked("bob/1", "g", "m5");
    fault(tale, "n2", "kill");
    tale.loses("eve/1", 1006)
        .says("ada/1", "g", "m6")
        .leaves("g", "eve")
        .says("ada/1", "g", "m8")
        .joins("g", "eve")
        .says("ada/1", "g", "m10")
        .connects("eve/1")
        .shows("eve/1", "g", 6, 7, 9, 10)
        .receives("eve/1", "g", 9, 10); // once more
    // Nobody knows of three: the first took effect, the second did not, the third will.
    tale.sends("bob/1", "g", "m11")
        .commits("bob/1", "g", "m11")
        .sends("bob/1", "g", "lost")
        .sends("bob/1", "g", "late")
        .shows("bob/1", "g", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
        .shows("ada/1", "g", 3, 4, 5, 6, 7, 8, 9, 10, 11)
        .shows("eve/1", "g", 11);
    // Refused; and refused at first, but sent again and then acked.
    tale.sends("eve/1", "g", "refused").say(send("eve/1", "g", "refused", Phase.FAIL));
    tale.sends("eve/1", "g", "m12")
        .say(send("eve/1", "g", "m12", Phase.FAIL))
        .resends("eve/1", "g", "m12")
        .commits("eve/1", "g", "m12")
        .acked("eve/1", "g", "m12");
    // Fresh devices: all of bob's one stint, only the second of eve's.
    tale.connects("bob/2")
        .shows("bob/2", "g", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
        .connects("eve/2")
        .shows("eve/2", "g", 9, 10, 11, 12);
    // Too far behind to be streamed to.
    tale.connects("ada/2")
        .shows("ada/2", "g", 1, 2)
        .say(by("ada/2", Op.CONNECTION, Phase.INFO).in("g").at(11, 0).noting("reset"))
        .shows("ada/2", "g", 12)
        .shows("ada/1", "g", 12)
        .shows("bob/1", "g", 12)
        .shows("eve/1", "g", 12);
    tale.says("ada/1", "d", "x1").says("bob/1", "d", "x2");
    for (String device : List.of("ada/1", "ada/2", "bob/1", "bob/2")) {
      tale.shows(device, "d", 1, 2);
    }
    cursors(tale);
    for (String unknown : List.of("m11", "lost", "late")) {
      tale.say(send("bob/1", "g", unknown, Phase.INFO));
    }
    tale.commits("bob/1", "g", "late"); // 13, when all devices are off
    tale.reading("devices", Phase.INVOKE)
        .reads("ada", "g", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
        .reads("bob", "g", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
        .reads("eve", "g", 4, 5, 6, 7, 9, 10, 11, 12, 13)
        .readsHistory("eve", "g", 5, 6, 10, 11, 12)
        .reads("ada", "d", 1, 2)
        .reads("bob", "d", 1, 2)
        .reads("eve", "d")
        .reading("devices", Phase.OK)
        .storesAndPublishes();
    // At least once.
    return tale.say(tale.seen("stream", Op.PUBLISHED, "g", 3));
  }

  private static void fault(Tale tale, String target, String what) {
    tale.say(Event.of(target, Op.FAULT, Phase.INVOKE).noting(what))
        .say(Event.of(target, Op.FAULT, Phase.INFO).noting(what + ": exit code 137"))
        .say(Event.of(target, Op.FAULT, Phase.OK).noting(what));
  }

  /** An answer is as old as its question, news may be older. */
  private static void cursors(Tale tale) {
    tale.say(by("bob/1", Op.READ, Phase.INVOKE).in("g").at(0, 3))
        .say(by("bob/1", Op.READ, Phase.OK).in("g").at(0, 3))
        .say(by("ada/1", Op.CURSOR, Phase.INVOKE).in("g"))
        .say(by("bob/1", Op.READ, Phase.INVOKE).in("g").at(0, 900))
        .say(by("bob/1", Op.READ, Phase.OK).in("g").at(0, 900))
        .say(answer("ada/1", "bob", 3))
        .say(by("ada/1", Op.CURSOR, Phase.OK).in("g").about("bob").at(0, 2))
        // Of somebody who had just come back; the server dropped it.
        .say(by("eve/1", Op.READ, Phase.INVOKE).in("g").at(0, 7))
        .say(by("eve/1", Op.READ, Phase.OK).in("g").at(0, 7))
        .reading("cursors", Phase.INVOKE)
        .say(by("ada/1", Op.CURSOR, Phase.INVOKE).in("g"))
        .say(answer("ada/1", "bob", 8))
        .say(answer("ada/1", "eve", 0))
        .reading("cursors", Phase.OK);
  }

  private static Event.Draft answer(String asker, String of, long seq) {
    return by(asker, Op.CURSOR, Phase.OK).in("g").about(of).at(0, seq).from("answer");
  }

  private static Predicate<Event> is(Op op, String process, long number) {
    return event ->
        event.op() == op
            && event.process().equals(process)
            && event.changeSeq() == number
            && "g".equals(event.conversation());
  }

  private static Predicate<Event> inHistory(long number) {
    return event ->
        is(Op.FINAL, "eve/fresh", number).test(event) && "history".equals(event.source());
  }

  private static Event at(Event event, long number, long seq, String hash) {
    return Tale.by(event.process(), event.op(), event.phase())
        .by(event.user(), event.device())
        .in(event.conversation())
        .sentAs(event.clientMsgId())
        .about(event.subject())
        .at(number, seq)
        .hashed(hash)
        .from(event.source())
        .noting(event.note())
        .when(event.nanos(), event.wallMs());
  }

  private static Event moved(Event event, long by) {
    return at(event, event.changeSeq() + by, event.seq() + by, event.hash());
  }

  private static Event saying(Event event, String hash) {
    return at(event, event.changeSeq(), event.seq(), hash);
  }

  @Test
  void allThatIsOddAndRightIsSound() {
    Judgement judgement = sound().judged(folder, REQUIRED);

    assertThat(judgement.table()).endsWith("sound");
    assertThat(judgement.isSound()).isTrue();
    Figures figures = judgement.figures();
    assertThat(figures.sends()).isEqualTo(12);
    assertThat(figures.acked()).isEqualTo(8);
    assertThat(figures.refused()).isEqualTo(1);
    assertThat(figures.unknown()).isEqualTo(3);
    assertThat(figures.changes()).isEqualTo(15);
    assertThat(figures.devices()).isEqualTo(6);
    assertThat(figures.faults()).isEqualTo(1);
  }

  @Test
  void anAckedMessageIsLost() {
    Tale tale = sound().without(event -> event.op() != Op.SEND && "x2".equals(event.clientMsgId()));

    assertThat(kinds(tale)).containsExactly(Kind.ACKED_LOST, Kind.NOT_IN_LOG);
  }

  @Test
  void anAckedMessageIsThereTwice() {
    Tale tale = sound();
    tale.commits("bob/1", "d", "x2").say(stored(tale, "d", 3));

    assertThat(kinds(tale)).contains(Kind.ACKED_TWICE).doesNotContain(Kind.ACKED_ELSEWHERE);
  }

  @Test
  void oneKeyIsAtTwoNumbersThoughNeverAcked() {
    Tale tale = sound();
    tale.commits("bob/1", "g", "m11").say(stored(tale, "g", 14));

    assertThat(kinds(tale)).contains(Kind.CMID_AT_TWO_NUMBERS).doesNotContain(Kind.ACKED_TWICE);
  }

  private static Event.Draft stored(Tale tale, String conversation, long number) {
    return tale.seen("bob/1", Op.STORED, conversation, number);
  }

  @Test
  void anAckSaysOtherNumbers() {
    Predicate<Event> ack =
        event ->
            event.op() == Op.SEND && event.phase() == Phase.OK && "m10".equals(event.clientMsgId());

    assertThat(kinds(sound().with(ack, event -> at(event, 10, 4, event.hash()))))
        .containsExactly(Kind.ACKED_ELSEWHERE, Kind.TWO_CONTENTS);
  }

  @Test
  void anAckedMessageHasAnotherContent() {
    Predicate<Event> anywhere = event -> event.op() != Op.SEND && "m10".equals(event.clientMsgId());

    assertThat(kinds(sound().with(anywhere, event -> saying(event, "other"))))
        .containsExactly(Kind.ACKED_OTHERWISE, Kind.CONTENT_NOT_SENT, Kind.TWO_CONTENTS);
  }

  @Test
  void aRetryIsAnsweredOtherwise() {
    Tale tale = sound();
    tale.say(send("bob/1", "g", "m5", Phase.OK).at(6, 3));

    assertThat(kinds(tale)).contains(Kind.RETRY_ANSWER);
  }

  @Test
  void aRefusedMessageIsStored() {
    Tale tale = sound();
    tale.commits("eve/1", "g", "refused").say(tale.seen("eve/1", Op.STORED, "g", 14));

    assertThat(kinds(tale)).contains(Kind.REFUSED_YET_STORED);
  }

  @Test
  void aMessageIsRefusedForWhatWouldHavePassed() {
    Tale tale = sound();
    tale.say(send("eve/1", "g", "late", Phase.INVOKE))
        .say(send("eve/1", "g", "late", Phase.FAIL).noting("conflict"));

    assertThat(kinds(tale)).contains(Kind.REFUSED_WRONGLY);
  }

  @Test
  void aMessageThatNobodySent() {
    Tale tale = sound();
    tale.commits("eve/1", "g", "ghost");

    assertThat(kinds(tale.say(tale.seen("eve/1", Op.STORED, "g", 14))))
        .contains(Kind.CONTENT_NOT_SENT);
    assertThat(kinds(tale.without(is(Op.STORED, "eve/1", 14)).receives("eve/1", "g", 14)))
        .contains(Kind.CONTENT_NOT_SENT, Kind.NOT_IN_LOG);
  }

  @Test
  void theLogHasAHoleOrCountsWrong() {
    assertThat(kinds(sound().without(is(Op.STORED, "store", 9)))).contains(Kind.DENSE);
    assertThat(
            kinds(
                sound()
                    .with(
                        event -> event.changeSeq() == 9 && "g".equals(event.conversation()),
                        event -> at(event, 9, 5, event.hash()))))
        .containsExactly(Kind.DENSE);
  }

  @Test
  void oneNumberHasTwoContents() {
    for (Predicate<Event> seen :
        List.of(
            is(Op.RECEIVE, "eve/1", 6),
            is(Op.SHOW, "ada/1", 8),
            is(Op.FINAL, "bob/fresh", 9),
            is(Op.PUBLISHED, "stream", 10))) {
      assertThat(kinds(sound().with(seen, event -> saying(event, "other"))))
          .containsExactly(Kind.TWO_CONTENTS);
    }
  }

  @Test
  void theStoreHasTwoContents() {
    Tale tale = sound();
    tale.say(tale.seen("bob/1", Op.STORED, "g", 5).hashed("other"));

    assertThat(kinds(tale)).containsExactly(Kind.TWO_CONTENTS);
  }

  @Test
  void aDeviceShowsSomethingTwiceOrLate() {
    Tale twice = sound().shows("bob/1", "g", 12);
    Tale late = sound().last(is(Op.SHOW, "bob/1", 6));

    assertThat(kinds(twice)).containsExactly(Kind.ORDER);
    assertThat(kinds(late)).containsExactly(Kind.ORDER);
  }

  @Test
  void aDeviceLeavesSomethingOut() {
    for (Predicate<Event> shown :
        List.of(
            is(Op.SHOW, "bob/1", 12), // the end
            is(Op.SHOW, "bob/2", 3), // a fresh one
            is(Op.SHOW, "eve/2", 10), // a fresh one of a second stint
            is(Op.SHOW, "eve/1", 6), // before the removal
            is(Op.SHOW, "ada/2", 12))) { // after a reset
      assertThat(kinds(sound().without(shown))).containsExactly(Kind.LACKS);
    }
  }

  @Test
  void aDeviceThatNeverCameBackLacksTheRest() {
    Tale tale =
        sound()
            .without(event -> event.op() == Op.SHOW && event.process().equals("bob/2"))
            .loses("bob/2", 1006);

    Judgement judgement = tale.judged(folder, REQUIRED);

    assertThat(judgement.violations()).hasSize(1);
    assertThat(judgement.violations().get(0).kind()).isEqualTo(Kind.LACKS);
    assertThat(judgement.violations().get(0).examples())
        .containsExactlyInAnyOrder(
            "g: bob/2 did not show 3–12 (10 in all); in the end it was not connected",
            "d: bob/2 did not show 1–2 (2 in all); in the end it was not connected");
  }

  @Test
  void aDeviceIsSentAwayForGood() {
    Judgement judgement = sound().connects("bob/3").loses("bob/3", 4200).judged(folder, REQUIRED);

    assertThat(judgement.violations()).as("what it lacks comes of that").hasSize(1);
    assertThat(judgement.violations().get(0).kind()).isEqualTo(Kind.SENT_AWAY);
    assertThat(judgement.violations().get(0).examples())
        .singleElement()
        .asString()
        .startsWith("bob/3 was sent away with code 4200 at ")
        .endsWith(" s");
    assertThat(kinds(sound().loses("bob/1", 4202)))
        .as("though it has all")
        .containsExactly(Kind.SENT_AWAY);
    assertThat(kinds(sound().loses("bob/1", 4201).connects("bob/1")))
        .as("though it is let in again")
        .containsExactly(Kind.SENT_AWAY);
    for (int comeBack : List.of(1006, 4000, 4011, 4100, 4199, 4300)) {
      assertThat(kinds(sound().loses("bob/1", comeBack))).as("code %d", comeBack).isEmpty();
    }
  }

  @Test
  void aRunDoesNotComeToRest() {
    Tale settles = sound().say(Event.of("load", Op.SETTLE, Phase.INVOKE));
    Event.Draft open =
        Event.of("load", Op.SETTLE, Phase.INFO).in("g").noting("a return has no answer");

    assertThat(kinds(settles)).isEmpty();
    assertThat(kinds(settles.say(Event.of("load", Op.SETTLE, Phase.OK)))).isEmpty();

    Judgement unsettled = sound().say(open).judged(folder, REQUIRED);
    assertThat(unsettled.violations()).hasSize(1);
    assertThat(unsettled.violations().get(0).kind()).isEqualTo(Kind.UNSETTLED);
    assertThat(unsettled.violations().get(0).examples())
        .containsExactly("g: a return has no answer");
  }

  @Test
  void aFreshDeviceCannotReadAll() {
    assertThat(kinds(sound().without(is(Op.FINAL, "eve/fresh", 5).and(inHistory(5).negate()))))
        .containsExactly(Kind.FINAL_LACKS);
    assertThat(kinds(sound().without(inHistory(6)))).containsExactly(Kind.FINAL_LACKS);
    assertThat(kinds(sound().without(event -> "eve/fresh".equals(event.process()))))
        .as("nobody asked on behalf of eve")
        .isEmpty();
  }

  @Test
  void somebodyIsToldAfterTheRemovalOrBeforeTheJoin() {
    assertThat(kinds(sound().receives("eve/1", "g", 8))).containsExactly(Kind.AFTER_REMOVAL);
    assertThat(kinds(sound().reads("eve", "g", 8))).containsExactly(Kind.AFTER_REMOVAL);
    assertThat(kinds(sound().reads("eve", "g", 3))).containsExactly(Kind.BEFORE_JOIN);
    assertThat(kinds(sound().reads("eve", "d", 1))).containsExactly(Kind.BEFORE_JOIN);
  }

  @Test
  void aLaterMessageGetsALowerNumber() {
    Predicate<Event> send = event -> event.op() == Op.SEND && "m3".equals(event.clientMsgId());

    assertThat(kinds(sound().last(send).last(send))).contains(Kind.REAL_TIME);
  }

  @Test
  void aCursorGoesBack() {
    Tale afterARead =
        sound().say(by("ada/1", Op.CURSOR, Phase.INVOKE).in("g")).say(answer("ada/1", "bob", 3));
    Tale afterNews =
        sound()
            .say(by("ada/2", Op.CURSOR, Phase.OK).in("g").about("eve").at(0, 6))
            .say(by("ada/1", Op.CURSOR, Phase.INVOKE).in("g"))
            .say(answer("ada/1", "eve", 5));

    assertThat(kinds(afterARead)).containsExactly(Kind.CURSOR_BACK);
    assertThat(kinds(afterNews)).containsExactly(Kind.CURSOR_BACK);
  }

  @Test
  void theStreamLacksSomethingOrHasItInAnotherOrderOrHasMore() {
    assertThat(kinds(sound().without(is(Op.PUBLISHED, "stream", 12))))
        .containsExactly(Kind.NOT_PUBLISHED);
    assertThat(kinds(sound().last(is(Op.PUBLISHED, "stream", 11))))
        .containsExactly(Kind.PUBLISHED_ORDER);
    assertThat(kinds(sound().with(is(Op.PUBLISHED, "stream", 13), event -> moved(event, 50))))
        .containsExactly(Kind.NOT_IN_LOG);
  }

  @Test
  void whatVerifyFoundCounts() {
    Tale tale =
        sound().say(Event.of("verify", Op.READING, Phase.INFO).in("g").noting("hole: number 3"));

    assertThat(kinds(tale)).containsExactly(Kind.VERIFY);
  }

  @Test
  void acksStoppedForTooLong() {
    Tale stalled = new Tale().sends("ada/1", "g", "a").pause(6_000);
    stalled.sends("ada/1", "d", "b").say(send("ada/1", "d", "b", Phase.INFO));
    Tale quiet = new Tale().sends("ada/1", "g", "a").say(send("ada/1", "g", "a", Phase.INFO));
    quiet.pause(6_000).sends("ada/1", "g", "b").say(send("ada/1", "g", "b", Phase.INFO));

    Tale busy = new Tale().sends("ada/1", "g", "0").commits("ada/1", "g", "0");
    for (int next = 1; next < 8; next++) {
      String id = String.valueOf(next);
      busy.pause(1_000).sends("ada/1", "g", id).commits("ada/1", "g", id);
      busy.acked("ada/1", "g", String.valueOf(next - 1));
    }

    Judgement judgement = stalled.judged(folder, REQUIRED);

    assertThat(judgement.violations())
        .anyMatch(one -> one.kind() == Kind.ACK_GAP && one.count() == 2);
    assertThat(judgement.figures().longestGap())
        .isBetween(Duration.ofSeconds(6), Duration.ofSeconds(7));
    assertThat(judgement.figures().longestGapOfOneIn()).isEqualTo("g");
    assertThat(kinds(quiet)).doesNotContain(Kind.ACK_GAP);
    assertThat(kinds(busy)).doesNotContain(Kind.ACK_GAP);
  }

  @Test
  void aRunInWhichTooLittleHappened() {
    assertThat(sound().judged(folder, REQUIRED.withLeastAcks(9)).violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.TOO_FEW_ACKS);
    assertThat(sound().judged(folder, REQUIRED.withSorts(Set.of("channel"))).violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.NO_SUCH_CONVERSATION);
    assertThat(kinds(sound().without(event -> event.op() == Op.FAULT)))
        .containsExactly(Kind.NO_FAULT_SEEN);
    assertThat(
            kinds(sound().without(event -> event.op() == Op.FAULT && event.phase() == Phase.INFO)))
        .containsExactly(Kind.NO_FAULT_SEEN);
    for (String reading : List.of("devices", "store", "stream", "cursors")) {
      assertThat(
              kinds(
                  sound()
                      .without(
                          event ->
                              event.op() == Op.READING
                                  && event.phase() == Phase.OK
                                  && event.conversation() == null
                                  && reading.equals(event.note()))))
          .as(reading)
          .contains(Kind.NO_READING);
    }
    assertThat(
            kinds(
                sound()
                    .without(
                        event -> event.op() == Op.READING && "d".equals(event.conversation()))))
        .containsExactly(Kind.NO_READING);
    assertThat(kinds(new Tale().connects("ada/1")))
        .contains(
            Kind.TOO_FEW_ACKS, Kind.NO_FAULT_SEEN, Kind.NO_READING, Kind.NO_SUCH_CONVERSATION);
  }

  @Test
  void manyNumbersAreReadableAsRanges() {
    BitSet numbers = new BitSet();
    numbers.set(3, 18);
    for (int single = 20; single < 40; single += 2) {
      numbers.set(single);
    }

    assertThat(Ranges.of(numbers)).isEqualTo("3–17, 20, 22, 24, 26, … (25 in all)");
    numbers.clear(4, 99);
    assertThat(Ranges.of(numbers)).isEqualTo("3");
  }
}
