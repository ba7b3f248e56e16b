package chat.parley.verify;

import chat.parley.log.LogScan;
import chat.parley.log.LogScan.ChangeRow;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Reads one conversation's rows, page by page and bucket by bucket, along a walk. */
final class LogPass {
  private static final int PAGE = 500;

  private final StoreReads reads;
  private final LogScan log;
  private final String conversation;

  LogPass(StoreReads reads, LogScan log, String conversation) {
    this.reads = reads;
    this.log = log;
    this.conversation = conversation;
  }

  /**
   * Reads until the walk has nothing more to ask for.
   *
   * @param each takes every row and hands it to the walk
   * @param endOfBucket hears that all rows of a bucket were read
   * @param page hears that a page was read
   */
  void along(
      LogWalk walk,
      LogBound bound,
      Consumer<ChangeRow> each,
      IntConsumer endOfBucket,
      Runnable page) {
    while (true) {
      int bucket = walk.bucket();
      rows(bucket, 0, each, page);
      walk.endOfBucket();
      endOfBucket.accept(bucket);
      if (walk.bucket() == bucket) {
        if (!walk.lacks() || bucket >= bound.topBucket()) {
          return;
        }
        walk.skipToNextBucket();
      }
    }
  }

  /** Shows the rows of a bucket; of a number that a page cuts in two, all are read again. */
  void rows(int bucket, long first, Consumer<ChangeRow> each, Runnable page) {
    long from = first;
    int limit = PAGE;
    while (true) {
      long start = from;
      int most = limit;
      List<ChangeRow> rows = reads.rows(() -> log.changes(conversation, bucket, start, most));
      if (rows.size() < most) {
        rows.forEach(each);
        page.run();
        return;
      }
      long last = rows.get(rows.size() - 1).changeSeq();
      rows.stream().filter(row -> row.changeSeq() < last).forEach(each);
      limit = last == from ? 2 * limit : limit;
      from = last;
      page.run();
    }
  }
}
