package chat.parley.verify;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.ChangeType;
import chat.parley.log.LogScan.ChangeRow;
import chat.parley.log.LogScan.MarkRow;
import chat.parley.verify.SettingCheck.Setting;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A busy conversation's fault is at another number at the second look, and is the same fault all
 * the same.
 */
class MovingNumbersTest {
  private static final String ID = "c";

  private final List<Finding> confirmed = new ArrayList<>();

  /** One look at a log of so many messages, each a group. */
  private static void walk(LogEvents check, long head) {
    for (long number = 1; number <= head; number++) {
      ChangeRow row = Rows.group(0, 1, number, 1, "m" + number).get(0);
      check.committed(row);
      check.groupEnd(row, true);
    }
    check.end(head);
  }

  private static Findings look(Consumer<Findings> at) {
    Findings found = new Findings(10);
    at.accept(found);
    return found;
  }

  private static Findings mark(MarkRow mark, long head) {
    return look(found -> walk(new MarkCheck(ID, mark, found), head));
  }

  private void confirm(Findings first, Findings second) {
    first.confirm(second, confirmed::add);
  }

  @Test
  void aMarkThatIsOffOrLeadsIsConfirmedThoughItMoves() {
    confirm(mark(new MarkRow(4, 3, 0, 1), 9), mark(new MarkRow(7, 6, 0, 1), 12));
    confirm(mark(new MarkRow(20, 20, 0, 1), 9), mark(new MarkRow(30, 30, 0, 1), 12));

    assertThat(confirmed)
        .extracting(Finding::fault)
        .containsExactly(Fault.MARK_OFF, Fault.MARK_LEADS);
    assertThat(confirmed).extracting(Finding::number).containsOnly(0L);
    assertThat(confirmed)
        .extracting(Finding::what)
        .containsExactly(
            "the mark 7 says seq 6, bucket 0 from 1; the log says seq 7, bucket 0 from 1",
            "the mark is 30, the log ends at 12");
  }

  @Test
  void aMarkThatIsRightAtOneLookIsNot() {
    confirm(mark(new MarkRow(4, 3, 0, 1), 9), mark(new MarkRow(7, 7, 0, 1), 12));

    assertThat(confirmed).isEmpty();
  }

  private static ChangeRow setting(String name, long number, String value) {
    return new ChangeRow(
        0,
        number,
        1,
        number,
        1,
        false,
        0,
        ChangeType.CONVERSATION_UPDATED.code(),
        "u",
        null,
        false,
        1_000,
        0,
        ("{\"conversation\":{\"" + name + "\":\"" + value + "\"}}")
            .getBytes(StandardCharsets.UTF_8));
  }

  /** A look at a setting that each change up to the head sets anew. */
  private static void setting(Findings found, String name, String stored, long head) {
    Setting setting = Setting.updated(Fault.SETTING, "conversation_settings", name);
    SettingCheck check = new SettingCheck(ID, head, setting, null, stored, found);
    for (long number = 1; number <= head; number++) {
      check.committed(setting(name, number, name + " " + number));
    }
    check.end(head);
  }

  @Test
  void aSettingThatIsNotWhatTheLogSaysIsConfirmedThoughItIsSetAnew() {
    confirm(
        look(found -> setting(found, "topic", "no", 3)),
        look(
            found -> {
              setting(found, "topic", "no", 5);
              setting(found, "history", "neither", 5);
            }));

    assertThat(confirmed).as("the other was right at the first look").hasSize(1);
    assertThat(confirmed.get(0).number()).isZero();
    assertThat(confirmed.get(0).subject()).isEqualTo("topic");
    assertThat(confirmed.get(0).what())
        .isEqualTo("stored is topic 'no', the log says topic 'topic 5' since number 5");
  }
}
