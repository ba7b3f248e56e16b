package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerBeatsTest {
  private static final long BEAT_MS = 1_000;

  private final PeerBeats beats = new PeerBeats(BEAT_MS);
  private final Map<String, Long> said = new HashMap<>();

  @Test
  void threeMissedBeatsAreSilence() {
    beats.look(Map.of("a/a", 7L), Set.of("a", "b"), 0);

    assertThat(beats.isSilent("a/a", 2_999)).isFalse();
    assertThat(beats.isSilent("a/a", 3_000)).isTrue();
    assertThat(beats.isSilent("b/b", 0)).as("never beaten").isTrue();

    beats.look(Map.of("a/a", 8L), Set.of("a", "b"), 3_500);

    assertThat(beats.isSilent("a/a", 3_500)).isFalse();
  }

  @Test
  void aNodeCanHoldShardsWhenItHasBeaten() {
    beats.look(Map.of("embedded/a-1", 1L), Set.of("a-1", "a-2"), 0);

    assertThat(beats.canHold("a-1", 0)).isTrue();
    assertThat(beats.canHold("a-2", 0)).isFalse();
  }

  @Test
  void aMemberThatDoesNotBeatCanHoldNothingUntilItIsSteadyAgain() {
    Set<String> all = Set.of("a", "b", "c");
    everyBeat(0, 10_000, all, all);
    everyBeat(11_000, 15_000, all, Set.of("a", "b"));
    assertThat(beats.canHold("c", 15_000)).isTrue();

    everyBeat(16_000, 16_000, all, Set.of("a", "b"));
    assertThat(beats.canHold("c", 16_000)).isFalse();
    assertThat(beats.canHold("b", 16_000)).isTrue();
    assertThat(beats.isSilent("c/c", 16_000)).as("it may be taken from").isTrue();

    everyBeat(17_000, 25_000, all, all);
    assertThat(beats.canHold("c", 25_000)).isFalse();

    everyBeat(26_000, 26_000, all, all);
    assertThat(beats.canHold("c", 26_000)).isTrue();
  }

  @Test
  void whoWasWithoutTheStoreItselfHoldsNoSilenceAgainstOthers() {
    Set<String> all = Set.of("a", "b", "c");
    everyBeat(0, 10_000, all, all);

    everyBeat(11_000, 15_000, all, Set.of("a")); // all the others a moment earlier
    everyBeat(60_000, 75_000, all, Set.of("a")); // and back later
    assertThat(beats.canHold("b", 75_000)).isTrue();

    everyBeat(76_000, 76_000, all, all);
    everyBeat(86_000, 86_000, all, Set.of("a")); // a slow store: all of them look and beat seldom
    everyBeat(96_000, 96_000, all, all);
    assertThat(beats.canHold("b", 96_000)).isTrue();
  }

  @Test
  void whoDoesNotComeBackFromAnOutageIsPassedOverInTheEnd() {
    Set<String> all = Set.of("a", "b", "c");
    everyBeat(0, 10_000, all, all);

    everyBeat(60_000, 75_000, all, Set.of("a", "b"));
    assertThat(beats.canHold("c", 75_000)).isTrue();

    everyBeat(76_000, 76_000, all, Set.of("a", "b"));
    assertThat(beats.canHold("c", 76_000)).isFalse();
    assertThat(beats.canHold("b", 76_000)).isTrue();
  }

  @Test
  void aDeadNodeIsNotApart() {
    everyBeat(0, 10_000, Set.of("a", "b", "c"), Set.of("a", "b", "c"));
    everyBeat(11_000, 12_000, Set.of("a"), Set.of("a", "b", "c")); // its last beats come late
    everyBeat(13_000, 30_000, Set.of("a"), Set.of("a"));

    assertThat(beats.apart(30_000)).isEmpty();
    assertThat(beats.isMinority(Set.of("a"), 30_000)).isFalse();
  }

  @Test
  void whoLivesAndIsNotHereIsApartAfterThreeBeats() {
    everyBeat(0, 10_000, Set.of("a", "b", "c"), Set.of("a", "b", "c"));
    everyBeat(11_000, 13_000, Set.of("a"), Set.of("a", "b", "c"));
    assertThat(beats.isMinority(Set.of("a"), 13_000)).isFalse();

    everyBeat(14_000, 14_000, Set.of("a"), Set.of("a", "b", "c"));

    assertThat(beats.apart(14_000)).containsExactlyInAnyOrder("b", "c");
    assertThat(beats.isMinority(Set.of("a"), 14_000)).isTrue();
  }

  @Test
  void theLargerPartStaysAndOfTwoEqualOnesTheOneWithTheFirstNode() {
    everyBeat(0, 10_000, Set.of("b", "c"), Set.of("a", "b", "c"));

    assertThat(beats.isMinority(Set.of("b", "c"), 10_000)).isFalse();
    assertThat(beats.isMinority(Set.of("b"), 10_000)).as("against a").isTrue();
    assertThat(new PeerBeats(BEAT_MS).isMinority(Set.of("z"), 0)).as("alone").isFalse();
  }

  @Test
  void aHealedSplitIsForgotten() {
    everyBeat(0, 10_000, Set.of("a"), Set.of("a", "b", "c"));
    everyBeat(11_000, 11_000, Set.of("a", "b", "c"), Set.of("a", "b", "c"));

    assertThat(beats.apart(11_000)).isEmpty();
  }

  /** What the store says of a node: its beat, or where it has stopped the one before. */
  private long lastBeat(String node, long now, Set<String> beating) {
    if (beating.contains(node)) {
      said.put(node, now);
    }
    return said.getOrDefault(node, -1L);
  }

  private void everyBeat(long from, long to, Set<String> members, Set<String> beating) {
    for (long now = from; now <= to; now += BEAT_MS) {
      long beat = now;
      beats.look(
          Map.of(
              "a/a", lastBeat("a", beat, beating),
              "b/b", lastBeat("b", beat, beating),
              "c/c", lastBeat("c", beat, beating)),
          members,
          now);
    }
  }
}
