package chat.parley.verify;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.log.LogScan.ChangeRow;
import chat.parley.log.LogScan.SendRow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendCheckTest {
  private final List<Finding> findings = new ArrayList<>();
  private final SendCheck check = new SendCheck("c", 3, 0, findings::add);

  private void committed(ChangeRow row) {
    check.row(row);
    check.committed(row);
  }

  private static ChangeRow message(long epoch, long number, String id, String text) {
    return Rows.message(0, epoch, number, number, 1, false, id, text);
  }

  private static SendRow key(long epoch, long number, String id, String text) {
    return new SendRow("u", "d", id, epoch, number, text.hashCode());
  }

  private void keys(SendRow... keys) {
    for (SendRow key : keys) {
      check.key(0, key);
    }
    check.endOfKeys(0);
  }

  @Test
  void keysThatPointToTheirRowsAreSoundThoseOfLostRacesToo() {
    committed(message(2, 1, "a", "one"));
    check.row(message(1, 1, "b", "lost"));
    committed(message(2, 2, "b", "lost"));

    keys(key(2, 1, "a", "one"), key(2, 2, "b", "lost"), key(1, 1, "b", "lost"));

    assertThat(findings).isEmpty();
  }

  @Test
  void oneSendAtTwoNumbersIsADouble() {
    committed(message(1, 1, "a", "one"));
    committed(message(1, 2, "a", "one"));

    keys(key(1, 1, "a", "one"), key(1, 2, "a", "one"));

    assertThat(findings).extracting(Finding::fault).containsExactly(Fault.DOUBLE);
    assertThat(findings.get(0).number()).isEqualTo(2);
    assertThat(findings.get(0).subject()).isEqualTo("u/d/a");
  }

  @Test
  void aKeyThatPointsNowhereOrToAnothersRowIsNamed() {
    committed(message(1, 1, "a", "one"));

    keys(
        key(1, 1, "a", "one"),
        key(1, 2, "gone", "x"),
        key(1, 1, "other", "x"),
        key(1, 99, "beyond", "x"));

    assertThat(findings)
        .extracting(finding -> finding.fault() + " " + finding.subject())
        .containsExactlyInAnyOrder(
            "SEND_KEY_DANGLING u/d/gone",
            "SEND_KEY_OTHER u/d/other",
            "SEND_KEY_DANGLING u/d/beyond");
  }

  @Test
  void aKeyBeyondTheBoundMayHaveItsRowShownLater() {
    check.key(0, key(1, 7, "new", "x"));
    assertThat(check.early()).hasSize(1);
    check.row(message(1, 7, "new", "x"));
    check.endOfKeys(0);

    assertThat(findings).isEmpty();
  }

  @Test
  void aRecentMessageWithoutAKeyIsNamed() {
    committed(message(1, 1, "a", "one"));

    keys();

    assertThat(findings).extracting(Finding::fault).containsExactly(Fault.SEND_KEY_MISSING);
  }
}
