package chat.parley.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which nodes and stores may end by themselves. */
class ExitJudgeTest {
  private static final String CUT_OFF = "cut-off";

  @TempDir private Path folder;

  private static Tale begun() {
    return new Tale()
        .joins("g", "ada")
        .joins("g", "bob")
        .cast("g", "group", "ada", "bob")
        .says("ada/1", "g", "m");
  }

  private static Tale faultBegins(Tale tale, String target, String ending) {
    return tale.say(Event.of(target, Op.FAULT, Phase.INVOKE).noting("harm").from(ending))
        .say(Event.of(target, Op.FAULT, Phase.INFO).noting("harm: seen"));
  }

  private static Tale faultEnds(Tale tale, String target) {
    return tale.say(Event.of(target, Op.FAULT, Phase.OK).noting("harm"));
  }

  private static Tale ends(Tale tale, String who, String why) {
    return tale.say(
        Event.of(who, Op.EXIT, Phase.INFO).noting("ended by itself, code 1: so").from(why));
  }

  private List<Violation> judged(Tale tale) {
    return tale.reading("devices", Phase.INVOKE)
        .reads("ada", "g", 1, 2, 3)
        .reading("devices", Phase.OK)
        .storesAndPublishes()
        .judged(folder, Requirements.least())
        .violations();
  }

  private void assertDied(Tale tale, String who) {
    List<Violation> found = judged(tale);
    assertThat(found).extracting(Violation::kind).containsExactly(Kind.NODE_DIED);
    assertThat(found.get(0).examples())
        .singleElement()
        .asString()
        .matches(who + " at 0\\.\\d{3} s: ended by itself, code 1: so");
  }

  @Test
  void whoFindsItselfCutOffByAFaultEndsItself() {
    assertThat(judged(faultEnds(ends(faultBegins(begun(), "n1", "parts"), "n1", CUT_OFF), "n1")))
        .isEmpty();
    assertThat(judged(ends(faultEnds(faultBegins(begun(), "n1", "parts"), "n1"), "n2", CUT_OFF)))
        .as("the fault is over, and another one stood alone")
        .isEmpty();
  }

  @Test
  void nothingCutsANodeOff() {
    assertDied(ends(begun(), "n1", CUT_OFF), "n1");
    assertDied(ends(faultBegins(begun(), "n1", null), "n1", CUT_OFF), "n1");
    assertDied(faultBegins(ends(begun(), "n1", CUT_OFF), "n1", "parts"), "n1");
  }

  @Test
  void aNodeThatIsCutOffDiesOfSomethingElse() {
    assertDied(ends(faultBegins(begun(), "n1", "parts"), "n1", null), "n1");
  }

  @Test
  void aStoreMayEndByTheFaultThatIsToEndIt() {
    assertThat(judged(ends(faultBegins(begun(), "Cassandra", "ends"), "Cassandra", null)))
        .isEmpty();
    assertDied(ends(faultBegins(begun(), "Cassandra", "ends"), "Kafka", null), "Kafka");
    assertDied(
        ends(faultEnds(faultBegins(begun(), "Cassandra", "ends"), "Cassandra"), "Cassandra", null),
        "Cassandra");
  }
}
