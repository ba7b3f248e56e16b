package chat.parley.torture.check;

import static chat.parley.torture.check.Tale.by;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices that were told to go on elsewhere, or were turned off, owe; and others' cursors. */
class DeviceJudgeTest {
  private static final int CHANGES = 12;

  @TempDir private Path folder;

  /** Ada and bob from the start, and ada's messages from 3 to 12, which her device shows. */
  private static Tale begun() {
    Tale tale = new Tale().connects("ada/1").connects("bob/1");
    tale.joins("g", "ada").joins("g", "bob").cast("g", "group", "ada", "bob");
    for (int number = 3; number <= CHANGES; number++) {
      tale.says("ada/1", "g", "m" + number);
    }
    return tale.shows("ada/1", "g", all(1));
  }

  private static long[] all(long from) {
    return LongStream.rangeClosed(from, CHANGES).toArray();
  }

  private static Tale isReset(Tale tale, long head) {
    return tale.say(by("bob/1", Op.CONNECTION, Phase.INFO).in("g").at(head, 0).noting("reset"));
  }

  private static Tale isOff(Tale tale, String device) {
    return tale.say(by(device, Op.CONNECTION, Phase.INFO).noting("off"));
  }

  private List<Violation> judged(Tale tale) {
    return tale.reading("devices", Phase.INVOKE)
        .reads("ada", "g", all(1))
        .reading("devices", Phase.OK)
        .storesAndPublishes()
        .judged(folder, Requirements.least())
        .violations();
  }

  private void assertOne(Tale tale, Kind kind, String what) {
    List<Violation> found = judged(tale);
    assertThat(found).extracting(Violation::kind).containsExactly(kind);
    assertThat(found.get(0).examples()).singleElement().asString().matches(what);
  }

  @Test
  void aResetExcusesWhatTheDeviceLeavesOutToGoOn() {
    Tale skips = isReset(begun().shows("bob/1", "g", 2, 3), 10).shows("bob/1", "g", 11, 12);
    assertThat(judged(skips)).isEmpty();

    Tale twice = isReset(isReset(begun().shows("bob/1", "g", 2, 3), 6), 10);
    assertThat(judged(twice.shows("bob/1", "g", 10, 11, 12))).isEmpty();

    Tale reads = isReset(begun().shows("bob/1", "g", 2, 3), 10);
    assertThat(judged(reads.shows("bob/1", "g", all(4)))).as("all of it").isEmpty();
  }

  @Test
  void aResetExcusesNothingBehindWhatIsShownNext() {
    assertOne(
        isReset(begun().shows("bob/1", "g", 2, 3), 10).shows("bob/1", "g", 8, 11, 12),
        Kind.LACKS,
        "g: bob/1 did not show 9–10 \\(2 in all\\)");
    assertOne(
        isReset(begun().shows("bob/1", "g", 2, 3), 9).shows("bob/1", "g", 12),
        Kind.LACKS,
        "g: bob/1 did not show 10–11 \\(2 in all\\)");
    assertOne(
        isReset(begun().shows("bob/1", "g", 2, 3), 12),
        Kind.LACKS,
        "g: bob/1 did not show 4–12 \\(9 in all\\)");
  }

  @Test
  void aResetIsToANumberThatTheLogDoesNotHave() {
    for (long head : List.of(13L, 600L, 1L << 40)) {
      assertOne(
          isReset(begun().shows("bob/1", "g", all(2)), head),
          Kind.NOT_IN_LOG,
          "g: bob/1 was told at 0\\.\\d{3} s that it is at " + head + "; the log ends at 12");
    }
  }

  @Test
  void whoIsTurnedOffInTheEndWasConnectedAllTheSame() {
    assertThat(judged(isOff(begun().shows("bob/1", "g", all(2)), "bob/1"))).isEmpty();
    assertOne(
        isOff(begun().shows("bob/1", "g", LongStream.rangeClosed(2, 11).toArray()), "bob/1"),
        Kind.LACKS,
        "g: bob/1 did not show 12");
    assertOne(
        isOff(
            begun()
                .shows("bob/1", "g", LongStream.rangeClosed(2, 11).toArray())
                .loses("bob/1", 1006),
            "bob/1"),
        Kind.LACKS,
        "g: bob/1 did not show 12; in the end it was not connected");
  }

  /** Bob's devices show all, and ada's is told and asks how far they are. */
  private static Tale told(long read, long delivered) {
    return begun()
        .shows("bob/1", "g", all(2))
        .say(cursor("ada/1").at(0, read))
        .say(cursor("ada/1").at(0, delivered).noting("delivered"))
        .say(by("ada/1", Op.CURSOR, Phase.INVOKE).in("g"));
  }

  private static Tale answered(Tale tale, long read, long delivered) {
    return tale.say(cursor("ada/1").at(0, read).from("answer"))
        .say(cursor("ada/1").at(0, delivered).noting("delivered").from("answer"));
  }

  private static Event.Draft cursor(String asker) {
    return by(asker, Op.CURSOR, Phase.OK).in("g").about("bob");
  }

  @Test
  void theTwoCursorsOfAUserAreEachAtAPlaceOfTheirOwn() {
    assertThat(judged(answered(told(2, 9), 2, 9))).isEmpty();
    assertThat(judged(answered(told(2, 9), 4, 10))).isEmpty();
    assertThat(judged(told(2, 9).say(cursor("ada/1").at(0, 3).noting("delivered"))))
        .as("old news")
        .isEmpty();
  }

  @Test
  void aCursorGoesBack() {
    assertOne(
        answered(told(2, 9), 2, 8),
        Kind.CURSOR_BACK,
        "g: the delivered cursor of bob was at 9, and ada/1 was told 8 at 0\\.\\d{3} s");
    assertOne(
        answered(told(2, 9), 1, 9),
        Kind.CURSOR_BACK,
        "g: the read cursor of bob was at 2, and ada/1 was told 1 at 0\\.\\d{3} s");
  }
}
