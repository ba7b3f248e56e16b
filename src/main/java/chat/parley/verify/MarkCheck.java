package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import chat.parley.log.LogScan.MarkRow;
import java.util.function.Consumer;

/**
 * The published mark, read before the log, is the end of a committed group and knows where the log
 * goes on. It may lag, never lead.
 */
final class MarkCheck implements LogEvents {
  private final String conversation;
  private final MarkRow mark;
  private final Consumer<Finding> findings;
  private long bucketFirst = 1;
  private boolean met;

  MarkCheck(String conversation, MarkRow mark, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.mark = mark;
    this.findings = findings;
  }

  @Override
  public void groupEnd(ChangeRow last, boolean committed) {
    boolean here = last.changeSeq() == mark.changeSeq();
    int bucket = last.closesBucket() ? last.bucket() + 1 : last.bucket();
    bucketFirst = last.closesBucket() ? last.changeSeq() + 1 : bucketFirst;
    if (!here) {
      return;
    }
    met = true;
    if (mark.seq() != last.seq() || mark.bucket() != bucket || mark.bucketFirst() != bucketFirst) {
      report(
          Fault.MARK_OFF,
          String.format(
              "the mark %d says seq %d, bucket %d from %d; the log says seq %d, bucket %d from %d",
              mark.changeSeq(),
              mark.seq(),
              mark.bucket(),
              mark.bucketFirst(),
              last.seq(),
              bucket,
              bucketFirst));
    }
  }

  @Override
  public void unclear(long from, long to) {
    met |= from <= mark.changeSeq() && mark.changeSeq() <= to;
  }

  @Override
  public void bucketSkipped(int bucket) {
    met = true; // Where a bucket begins is not known any more.
  }

  @Override
  public void end(long last) {
    if (mark.changeSeq() > last) {
      report(Fault.MARK_LEADS, "the mark is " + mark.changeSeq() + ", the log ends at " + last);
    } else if (!met && mark.changeSeq() > 0) {
      report(Fault.MARK_OFF, "no group ends at the mark " + mark.changeSeq());
    }
  }

  /** At no number: of a busy conversation the mark is at another one at the next look. */
  private void report(Fault fault, String what) {
    findings.accept(
        Finding.at(fault, conversation, 0, what, Look.table("published", conversation)));
  }
}
