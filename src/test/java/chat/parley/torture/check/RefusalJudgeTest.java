package chat.parley.torture.check;

import static chat.parley.torture.check.Tale.by;
import static chat.parley.torture.check.Tale.send;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may and may not be refused for good. */
class RefusalJudgeTest {
  private static final String EDIT = "message.edit";
  private static final String DELETE = "message.delete";
  private static final String REACTION = "reaction";
  private static final String REMOVED = "not_a_member";
  private static final int CHANGES = 7;

  @TempDir private Path folder;

  /**
   * In the group g two messages of ada's, 4 and 5; eve is removed at 6, and 5 deleted at 7. In the
   * dm one message.
   */
  private static Tale before() {
    Tale tale = new Tale();
    for (String user : List.of("ada", "bob", "eve")) {
      tale.joins("g", user);
    }
    tale.cast("g", "group", "ada", "bob", "eve").cast("d", "dm", "ada", "bob");
    tale.says("ada/1", "g", "m4").says("ada/1", "g", "m5").says("ada/1", "d", "x");
    tale.say(member("remove", Phase.INVOKE)).leaves("g", "eve").say(member("remove", Phase.OK));
    return tale.amends("ada/1", "g", DELETE, 5, null, null);
  }

  private static Event.Draft member(String what, Phase phase) {
    return Event.of("ada", Op.MEMBER, phase).in("g").about("eve").noting(what);
  }

  private static Tale sends(Tale tale, String device, String room, Phase end, String code) {
    return tale.sends(device, room, "no").say(send(device, room, "no", end).noting(code));
  }

  private static Tale amends(
      Tale tale, String device, String type, long target, Phase end, String code) {
    String content = type.equals(EDIT) ? "new" : type.equals(REACTION) ? "+x" : null;
    return tale.say(tale.amend(device, "g", type, target, content, Phase.INVOKE))
        .say(tale.amend(device, "g", type, target, content, end).from(code));
  }

  private static Event.Draft again(String device, String id, String code) {
    return by(device, Op.RESEND, Phase.FAIL).in("g").sentAs(id).noting(code);
  }

  private List<Violation> judged(Tale tale) {
    return judged(tale, CHANGES);
  }

  private List<Violation> judged(Tale tale, int changes) {
    return end(tale, changes).judged(folder, Requirements.least()).violations();
  }

  private static Tale end(Tale tale, int changes) {
    return tale.reading("devices", Phase.INVOKE)
        .reads("ada", "g", LongStream.rangeClosed(1, changes).toArray())
        .reads("ada", "d", 1)
        .reading("devices", Phase.OK)
        .storesAndPublishes();
  }

  private void assertWrong(Tale tale, String what) {
    List<Violation> found = judged(tale);
    assertThat(found).extracting(Violation::kind).containsExactly(Kind.REFUSED_WRONGLY);
    assertThat(found.get(0).examples()).containsExactly(what);
  }

  @Test
  void whoWasRemovedMayBeRefusedEverything() {
    assertThat(judged(sends(before(), "eve/1", "g", Phase.FAIL, REMOVED))).isEmpty();
    assertThat(judged(sends(before(), "eve/1", "g", Phase.INFO, REMOVED))).isEmpty();
    Tale twice = before().sends("eve/1", "g", "twice").resends("eve/1", "g", "twice");
    assertThat(judged(twice.say(again("eve/1", "twice", REMOVED)))).isEmpty();
    assertThat(judged(amends(before(), "eve/1", REACTION, 4, Phase.FAIL, REMOVED))).isEmpty();
  }

  @Test
  void aMessageOfOneWhoWasAlwaysThereIsRefused() {
    assertWrong(
        sends(before(), "bob/1", "g", Phase.FAIL, REMOVED), "no of bob/bob/1 in g: not_a_member");
    assertWrong(
        sends(before(), "bob/1", "d", Phase.INFO, REMOVED), "no of bob/bob/1 in d: not_a_member");
    assertWrong(
        sends(before(), "eve/1", "g", Phase.FAIL, "forbidden"), "no of eve/eve/1 in g: forbidden");
  }

  @Test
  void aRepeatIsRefusedThoughTheFirstWasAcked() {
    Tale repeated = before().resends("ada/1", "g", "m4");
    assertWrong(
        repeated.say(again("ada/1", "m4", "idempotency_mismatch")),
        "m4 of ada/ada/1 in g, sent again: idempotency_mismatch");
    assertWrong(
        before().resends("ada/1", "g", "m4").say(again("ada/1", "m4", REMOVED)),
        "m4 of ada/ada/1 in g, sent again: not_a_member");
  }

  @Test
  void aRepeatThatIsRefusedIsNoFurtherAttempt() {
    Tale tale = sends(before(), "eve/1", "g", Phase.FAIL, REMOVED);
    tale.say(again("eve/1", "no", REMOVED)).commits("eve/1", "g", "no");

    assertThat(judged(tale, CHANGES + 1))
        .extracting(Violation::kind)
        .containsExactly(Kind.REFUSED_YET_STORED);
    Tale counted = before().resends("ada/1", "g", "m4").say(again("eve/1", "no", REMOVED));
    assertThat(end(counted, CHANGES).judged(folder, Requirements.least()).figures().resends())
        .isEqualTo(1);
  }

  @Test
  void whatIsDoneToADeletedMessageIsAConflict() {
    for (Phase end : List.of(Phase.FAIL, Phase.INFO)) {
      assertThat(judged(amends(before(), "bob/1", REACTION, 5, end, "conflict"))).isEmpty();
      assertThat(judged(amends(before(), "ada/1", EDIT, 5, end, "conflict"))).isEmpty();
    }
    Tale unanswered = before();
    unanswered.say(unanswered.amend("ada/2", "g", EDIT, 4, "new", Phase.INVOKE));
    unanswered.say(unanswered.amend("ada/2", "g", EDIT, 4, "new", Phase.INFO));
    assertThat(judged(unanswered)).as("nobody knows").isEmpty();
  }

  @Test
  void anAmendmentIsRefusedWithoutAReason() {
    for (Phase end : List.of(Phase.FAIL, Phase.INFO)) {
      assertWrong(
          amends(before(), "bob/1", REACTION, 4, end, "conflict"),
          "reaction of 4 in g by bob/1: conflict");
    }
    assertWrong(
        amends(before(), "ada/1", EDIT, 5, Phase.FAIL, "not_found"),
        "message.edit of 5 in g by ada/1: not_found");
    assertWrong(
        amends(before(), "ada/2", DELETE, 5, Phase.FAIL, "conflict"),
        "message.delete of 5 in g by ada/2: conflict");
    assertWrong(
        amends(before(), "bob/1", REACTION, 4, Phase.FAIL, REMOVED),
        "reaction of 4 in g by bob/1: not_a_member");
  }

  @Test
  void aRemovalOrAReturnIsRefused() {
    assertWrong(
        before().say(member("add", Phase.INVOKE)).say(member("add", Phase.FAIL).from("not_found")),
        "add of eve in g by ada: not_found");
    assertWrong(
        before()
            .say(member("remove", Phase.INVOKE))
            .say(member("remove", Phase.FAIL).from("forbidden")),
        "remove of eve in g by ada: forbidden");
  }

  /** A removal that was asked for twice may happen again between the two steps of a return. */
  @Test
  void whoIsRemovedOnceMoreWhileBroughtBackIsNotFound() {
    Tale tale = before().say(member("remove", Phase.INVOKE)); // and never answered
    tale.say(member("remove", Phase.INFO)).say(member("add", Phase.INVOKE));

    assertThat(judged(tale.say(member("add", Phase.FAIL).from("not_found")))).isEmpty();
  }
}
