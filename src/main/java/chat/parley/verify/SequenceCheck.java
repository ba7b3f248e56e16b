package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.util.function.Consumer;

/** Every row can be read and is this number's, and its seq counts the messages up to it. */
final class SequenceCheck implements LogEvents {
  private static final long UNKNOWN = -1;

  private final String conversation;
  private final Consumer<Finding> findings;
  private long seq;

  SequenceCheck(String conversation, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.findings = findings;
  }

  @Override
  public void committed(ChangeRow row) {
    boolean newer = !Content.isKnown(row);
    long expected = seq + (Content.isMessage(row) ? 1 : 0);
    boolean counts = row.seq() == expected || newer && row.seq() == expected + 1;
    if (seq != UNKNOWN && !counts) {
      report(row, Fault.SEQ, "seq is " + row.seq() + " where " + expected + " is due");
    }
    seq = row.seq(); // One wrong count is one finding, not one for each number after it.
    if (!newer && (row.actorId() == null || !Content.belongs(row) || lacksItsKey(row))) {
      report(row, Fault.UNREADABLE, "the content is missing, damaged or another number's");
    }
  }

  private static boolean lacksItsKey(ChangeRow row) {
    return Content.isMessage(row) && Content.sent(row) == null;
  }

  private void report(ChangeRow row, Fault fault, String what) {
    findings.accept(
        Finding.at(
            fault,
            conversation,
            row.changeSeq(),
            what,
            Look.row(conversation, row.bucket(), row.changeSeq())));
  }

  @Override
  public void hole(long from, long to) {
    seq = UNKNOWN;
  }
}
