package chat.parley.verify;

import chat.parley.log.LogScan.AmendmentRow;
import chat.parley.log.LogScan.BucketRow;
import chat.parley.log.LogScan.ChangeRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Each edit, delete and reaction stands by its message with the content of its change, and nothing
 * else does. The stored amendments were read after the bound and before the log: what is committed
 * up to the bound must be among them, and each of them must be met in the log.
 */
final class AmendmentCheck implements LogEvents {
  /** Where an amendment lies and what it says. */
  private record Stored(int bucket, long target, long digest) {}

  private final String conversation;
  private final Consumer<Finding> findings;
  private final TreeMap<Long, Integer> buckets = new TreeMap<>();
  private final Map<Long, Stored> stored = new HashMap<>();

  AmendmentCheck(String conversation, List<BucketRow> index, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.findings = findings;
    buckets.put(0L, 0);
    index.forEach(row -> buckets.put(row.firstChangeSeq(), row.bucket()));
  }

  /** A stored amendment. */
  void stored(AmendmentRow row) {
    Stored found = new Stored(row.bucket(), row.target(), Content.digest(row));
    Stored other = stored.put(row.changeSeq(), found);
    if (other != null) {
      report(row.changeSeq(), other, "the change of this number stands by two messages");
    }
  }

  @Override
  public void committed(ChangeRow row) {
    if (Content.amends(row) && !meets(row)) {
      report(row.changeSeq(), expected(row), "the change of this number does not stand by it");
    }
  }

  @Override
  public void likely(ChangeRow row) {
    if (Content.amends(row)) {
      meets(row); // It may not have come there yet.
    }
  }

  /** False where nothing is stored of it. */
  private boolean meets(ChangeRow row) {
    Stored found = stored.remove(row.changeSeq());
    if (found == null) {
      return false;
    }
    if (!found.equals(expected(row))) {
      report(row.changeSeq(), found, "what stands there is not what the change says");
    }
    return true;
  }

  private Stored expected(ChangeRow row) {
    long target = Content.target(row);
    return new Stored(buckets.floorEntry(target).getValue(), target, Content.digest(row));
  }

  /** What was there is not known. */
  @Override
  public void hole(long from, long to) {
    stored.keySet().removeIf(number -> from <= number && number <= to);
  }

  @Override
  public void end(long end) {
    stored.forEach(
        (number, row) -> report(number, row, "no change of this number alters a message"));
  }

  private void report(long changeSeq, Stored where, String what) {
    findings.accept(
        Finding.at(
            Fault.AMENDMENT,
            conversation,
            changeSeq,
            "by message " + where.target() + ": " + what,
            Look.amendment(conversation, where.bucket(), where.target())));
  }
}
