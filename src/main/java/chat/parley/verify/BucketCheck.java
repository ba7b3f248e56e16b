package chat.parley.verify;

import chat.parley.log.LogScan.BucketRow;
import chat.parley.log.LogScan.ChangeRow;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The bucket index says of every bucket after the first where the log says that it begins. */
final class BucketCheck implements LogEvents {
  private final String conversation;
  private final Consumer<Finding> findings;
  private final TreeMap<Integer, BucketRow> index = new TreeMap<>();

  /** {@code index}: read after the bound and before the log. */
  BucketCheck(String conversation, List<BucketRow> index, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.findings = findings;
    index.forEach(row -> this.index.put(row.bucket(), row));
  }

  @Override
  public void groupEnd(ChangeRow last, boolean committed) {
    if (!last.closesBucket()) {
      return;
    }
    BucketRow due =
        new BucketRow(last.bucket() + 1, last.changeSeq() + 1, last.seq() + 1, last.committedAt());
    BucketRow found = index.remove(due.bucket());
    if (found == null && committed) {
      report(due, "bucket " + due.bucket() + " is not in the index");
    } else if (found != null && !found.equals(due)) {
      report(due, "the index says " + found + ", the log " + due);
    }
  }

  /** What follows from a bucket's end that is not there cannot be judged. */
  @Override
  public void bucketSkipped(int bucket) {
    index.headMap(bucket, true).clear();
  }

  @Override
  public void end(long last) {
    index.values().forEach(row -> report(row, "the log never opened the bucket of " + row));
  }

  private void report(BucketRow row, String what) {
    findings.accept(
        new Finding(
            Fault.BUCKET_INDEX,
            conversation,
            row.firstChangeSeq(),
            "bucket " + row.bucket(),
            what,
            Look.table("buckets", conversation)));
  }
}
