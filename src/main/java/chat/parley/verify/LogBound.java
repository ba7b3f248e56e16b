package chat.parley.verify;

import chat.parley.log.LogScan;
import chat.parley.log.LogScan.BoundRow;
import chat.parley.log.LogScan.BucketRow;
import chat.parley.log.LogScan.MarkRow;
import java.util.List;
import java.util.TreeSet;

/**
 * How far a log certainly goes: a group that starts at n was begun when everything below n was
 * committed, and so was what a published mark names.
 *
 * @param number everything up to it is committed
 * @param topBucket the last bucket that has rows
 */
record LogBound(long number, int topBucket) {
  private static final int PAGE = 1_000;

  /** Finds it; {@code mark} may be null. Reads the last bucket from the mark on. */
  static LogBound of(
      StoreReads reads, LogScan log, String conversation, MarkRow mark, List<BucketRow> index) {
    Search search = new Search(reads, log, conversation);
    TreeSet<Integer> buckets = new TreeSet<>(List.of(0));
    index.forEach(row -> buckets.add(row.bucket()));
    if (mark != null) {
      buckets.add(mark.bucket());
    }
    // The last may be opened and still empty; so is one of a mark or an index that leads.
    while (!search.bucket(buckets.last(), from(mark, buckets.last())) && buckets.size() > 1) {
      buckets.pollLast();
    }
    int top = buckets.last();
    while (search.bucket(top + 1, 0)) {
      top++;
    }
    boolean markCounts = mark != null && mark.changeSeq() <= search.highest;
    long bound = Math.max(search.highestStart - 1, markCounts ? mark.changeSeq() : 0);
    return new LogBound(Math.max(0, bound), top);
  }

  private static long from(MarkRow mark, int bucket) {
    return mark != null && mark.bucket() == bucket ? mark.changeSeq() : 0;
  }

  private static final class Search {
    private final StoreReads reads;
    private final LogScan log;
    private final String conversation;
    private long highest;
    private long highestStart;

    Search(StoreReads reads, LogScan log, String conversation) {
      this.reads = reads;
      this.log = log;
      this.conversation = conversation;
    }

    /** Looks at a bucket's rows from a number on; false where there are none. */
    boolean bucket(int bucket, long first) {
      return read(bucket, first) || first > 0 && read(bucket, 0);
    }

    private boolean read(int bucket, long first) {
      boolean any = false;
      long from = first;
      int limit = PAGE;
      while (true) {
        long start = from;
        int most = limit;
        List<BoundRow> rows = reads.rows(() -> log.bounds(conversation, bucket, start, most));
        for (BoundRow row : rows) {
          highest = Math.max(highest, row.changeSeq());
          if (row.groupFirst() <= row.changeSeq()) {
            highestStart = Math.max(highestStart, row.groupFirst());
          }
        }
        any |= !rows.isEmpty();
        if (rows.size() < most) {
          return any;
        }
        long last = rows.get(rows.size() - 1).changeSeq();
        limit = last == from ? 2 * limit : limit;
        from = last;
      }
    }
  }
}
