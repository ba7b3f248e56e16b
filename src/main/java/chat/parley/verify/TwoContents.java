package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells numbers with two committed contents from leftovers of lost races, which are legal. Of two
 * rows of a number with different contents the lower epoch's is a leftover, unless somebody built
 * on it: a row of epoch e in a group that starts at g says that e had everything below g committed,
 * as the rows up to e show it. Such a witness with an epoch between the two, and the number had two
 * contents.
 */
final class TwoContents {
  /** Contested numbers that wait for a witness; the oldest go first. A take-over leaves a few. */
  private static final int MOST = 1_000;

  private record Contested(int bucket, long number, long lower, long higher) {}

  private final String conversation;
  private final Consumer<Finding> findings;
  private final List<ChangeRow> here = new ArrayList<>();
  private final Deque<Contested> contested = new ArrayDeque<>();

  TwoContents(String conversation, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.findings = findings;
  }

  /** Takes the rows of a bucket by ascending number, of one number the highest epoch first. */
  void row(ChangeRow row) {
    if (!here.isEmpty()
        && (here.get(0).changeSeq() != row.changeSeq() || here.get(0).bucket() != row.bucket())) {
      compare();
      here.clear();
    }
    here.add(row);
    for (Iterator<Contested> all = contested.iterator(); all.hasNext(); ) {
      Contested one = all.next();
      if (row.groupFirst() > one.number()
          && row.epoch() >= one.lower()
          && row.epoch() < one.higher()) {
        all.remove();
        report(one, row);
      }
    }
  }

  /** There are no more rows. */
  void end() {
    compare();
    here.clear();
  }

  private void compare() {
    for (int i = 1; i < here.size(); i++) {
      ChangeRow higher = here.get(i - 1);
      ChangeRow lower = here.get(i);
      if (Content.digest(higher) != Content.digest(lower)) {
        if (contested.size() >= MOST) {
          contested.removeFirst();
        }
        contested.add(
            new Contested(lower.bucket(), lower.changeSeq(), lower.epoch(), higher.epoch()));
      }
    }
  }

  private void report(Contested one, ChangeRow witness) {
    findings.accept(
        Finding.at(
            Fault.TWO_CONTENTS,
            conversation,
            one.number(),
            "epoch "
                + one.lower()
                + " was committed (number "
                + witness.changeSeq()
                + " of epoch "
                + witness.epoch()
                + " was built on it), epoch "
                + one.higher()
                + " has another content",
            Look.row(conversation, one.bucket(), one.number())));
  }
}
