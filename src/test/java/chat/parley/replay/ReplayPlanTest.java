package chat.parley.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReplayPlanTest {
  private static ReplayPlan plan(String... logs) {
    return ReplayPlan.of(Stream.of(logs).map(IrcLog::parse).toList());
  }

  private static List<String> steps(ReplayPlan plan) {
    return plan.events().stream()
        .map(event -> event.kind() + " " + plan.speakers().get(event.speaker()).nick())
        .toList();
  }

  @Test
  void onlyPeopleWhoSpeakTakePart() {
    ReplayPlan plan = plan("=== mute has joined #u\n[10:00] <a> hi\n=== mute has left #u\n");
    assertThat(plan.speakers()).containsExactly(new Speaker(0, "a", true));
    assertThat(steps(plan)).containsExactly("MESSAGE a");
  }

  @Test
  void whoWasSeenToJoinIsNoMemberBefore() {
    ReplayPlan plan =
        plan("[10:00] <a> hi\n=== b has joined #u\n[10:01] <b> hi\n=== b has joined #u\n");
    assertThat(plan.speakers()).extracting(Speaker::fromTheStart).containsExactly(true, false);
    assertThat(steps(plan)).containsExactly("MESSAGE a", "JOIN b", "MESSAGE b");
  }

  @Test
  void whoSpeaksAfterLeavingJoinsFirst() {
    ReplayPlan plan =
        plan("[10:00] <a> hi\n=== a has left #u\n=== a has left #u\n[10:05] <a> back\n");
    assertThat(steps(plan)).containsExactly("MESSAGE a", "LEAVE a", "JOIN a", "MESSAGE a");
  }

  @Test
  void aRenamedUserGoesOnUnderTheNewNick() {
    ReplayPlan plan =
        plan("=== a is now known as b\n[10:00] <B> hi\n=== b is now known as c\n[10:00] <c> ho\n");
    assertThat(plan.speakers()).containsExactly(new Speaker(0, "a", true));
    assertThat(steps(plan)).containsExactly("RENAME a", "MESSAGE a", "RENAME a", "MESSAGE a");
  }

  @Test
  void theOldNickIsFreeForSomebodyElse() {
    ReplayPlan plan =
        plan(
            "[10:00] <a> 1\n=== a is now known as b\n=== a has joined #u\n[10:00] <a> 2\n[10:00] <b> 3");
    assertThat(plan.speakers()).extracting(Speaker::nick).containsExactly("a", "a");
    assertThat(plan.events()).extracting(ReplayEvent::speaker).containsExactly(0, 0, 1, 1, 0);
  }

  @Test
  void aMinutesEventsAreSpreadEvenlyInTheFilesOrder() {
    ReplayPlan plan =
        plan("[10:00] <a> 1\n[10:00] <b> 2\n[10:00] <a> 3\n[10:00] <b> 4\n[10:02] <a> 5\n");
    assertThat(plan.events())
        .extracting(ReplayEvent::atMs)
        .containsExactly(0.0, 15e3, 30e3, 45e3, 120e3);
  }

  @Test
  void midnightPassesAndClocksThatWereSetBackDoNotTurnTimeBack() {
    ReplayPlan plan = plan("[23:59] <a> 1\n[00:01] <a> 2\n[00:00] <a> 3\n[00:02] <a> 4\n");
    assertThat(plan.events())
        .extracting(ReplayEvent::atMs)
        .containsExactly(0.0, 120e3, 150e3, 180e3);
  }

  @Test
  void filesFollowEachOtherWithTheSamePeople() {
    ReplayPlan plan = plan("[10:00] <a> 1\n[10:01] <a> 2\n", "[08:00] <a> 3\n[08:00] <b> 4\n");
    assertThat(plan.speakers()).hasSize(2);
    assertThat(plan.events())
        .extracting(ReplayEvent::atMs)
        .containsExactly(0.0, 60e3, 120e3, 150e3);
  }

  @Test
  void aTextTooLongForTheServerIsCutBetweenCharacters() {
    ReplayPlan plan = plan("[10:00] <a> x" + "\u00e9".repeat(20_000) + "\n[10:00] <a> short");
    assertThat(plan.cut()).isEqualTo(1);
    String cut = plan.events().get(0).text();
    assertThat(cut.getBytes(StandardCharsets.UTF_8).length).isEqualTo(ReplayPlan.LONGEST_TEXT - 1);
    assertThat(cut).doesNotContain("\uFFFD");
  }
}
