package chat.parley.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Removals and returns that were acked are in the log. */
class MemberJudgeTest {
  @TempDir private Path folder;

  /** Ada, who owns the group, and bob and eve from the start, and one message: 1 to 4. */
  private static Tale begun() {
    return begun("ada", "bob", "eve");
  }

  private static Tale begun(String... joining) {
    Tale tale = new Tale();
    for (String user : joining) {
      tale.joins("g", user);
    }
    return tale.cast("g", "group", "ada", "bob", "eve").says("ada/1", "g", "m");
  }

  private static Event.Draft member(String what, Phase phase) {
    return Event.of("ada", Op.MEMBER, phase).in("g").about("eve").noting(what);
  }

  private static Tale asks(Tale tale, String what) {
    return tale.say(member(what, Phase.INVOKE));
  }

  private static Tale answers(Tale tale, String what) {
    return tale.say(member(what, Phase.OK));
  }

  /** Asked for and acked, and in the log. */
  private static Tale removes(Tale tale) {
    return answers(asks(tale, "remove").leaves("g", "eve"), "remove");
  }

  private static Tale bringsBack(Tale tale) {
    return answers(asks(tale, "add").joins("g", "eve"), "add");
  }

  private List<Violation> judged(Tale tale, int changes) {
    return tale.reading("devices", Phase.INVOKE)
        .reads("ada", "g", LongStream.rangeClosed(1, changes).toArray())
        .reading("devices", Phase.OK)
        .storesAndPublishes()
        .judged(folder, Requirements.least())
        .violations();
  }

  private void assertLost(List<Violation> found, String what) {
    assertThat(found).extracting(Violation::kind).containsExactly(Kind.MEMBER_LOST);
    assertThat(found.get(0).examples()).containsExactly(what);
  }

  @Test
  void whatIsAckedAndThereIsSound() {
    assertThat(judged(begun(), 4)).isEmpty();
    assertThat(judged(removes(begun()), 5)).isEmpty();
    assertThat(judged(bringsBack(removes(begun())), 6)).isEmpty();
    assertThat(judged(removes(bringsBack(removes(begun()))), 7)).isEmpty();
  }

  @Test
  void whatIsDoneOnceMoreOrWasSoAlreadyIsSound() {
    Tale late = bringsBack(removes(asks(begun(), "remove"))).leaves("g", "eve"); // 7, of the first
    Tale known = answers(asks(late, "remove"), "remove"); // nothing to do
    assertThat(judged(bringsBack(known), 8)).isEmpty();

    Tale unanswered = asks(begun(), "remove").say(member("remove", Phase.INFO));
    assertThat(judged(answers(asks(unanswered, "add"), "add"), 4)).as("nothing to do").isEmpty();
  }

  @Test
  void anAckedRemovalIsLost() {
    assertLost(
        judged(answers(asks(begun(), "remove"), "remove"), 4),
        "eve in g: at least 1 joins and 1 leaves were acked, the log has 1 and 0");
    assertLost(
        judged(answers(asks(bringsBack(removes(begun())), "remove"), "remove"), 6),
        "eve in g: at least 2 joins and 2 leaves were acked, the log has 2 and 1");
  }

  @Test
  void anAckedReturnIsLost() {
    assertLost(
        judged(answers(asks(removes(begun()), "add"), "add"), 5),
        "eve in g: at least 2 joins and 1 leaves were acked, the log has 1 and 1");
  }

  @Test
  void oneWhoWasThereFromTheStartNeverJoined() {
    assertLost(
        judged(begun("ada", "bob"), 3),
        "eve in g: at least 1 joins and 0 leaves were acked, the log has 0 and 0");
  }

  @Test
  void withoutTheLogNothingIsKnown() {
    assertThat(
            answers(asks(begun(), "remove"), "remove")
                .judged(folder, Requirements.least())
                .violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.NO_READING);
  }
}
