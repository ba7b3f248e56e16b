package chat.parley.verify;

import chat.parley.cassandra.CassandraSession;
import chat.parley.log.LogScan;
import chat.parley.log.LogScan.ChangeRow;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * What is committed, read from the history store as a recovery would: of every number the row of
 * the highest epoch, in whole groups only. For those who want to see the changes themselves; what
 * is wrong with them is for {@link Verification} to say.
 */
public final class CommittedLog {
  private static final int AS_FAST_AS_IT_GOES = 0;

  private final LogScan log;

  private CommittedLog(LogScan log) {
    this.log = log;
  }

  /** Over the session; prepares statements. */
  public static Future<CommittedLog> over(CassandraSession session) {
    return LogScan.over(session).map(CommittedLog::new);
  }

  /**
   * Shows the rows of a conversation in ascending order, up to the end of the last whole group. In
   * a log that is at rest all of them are committed; in one that is not, those of the last group
   * may not be yet. Blocks: never call it on an event loop.
   *
   * @throws CannotLookException when the history store is away
   */
  public void read(String conversation, Consumer<ChangeRow> visitor) {
    StoreReads reads = new StoreReads(new Pace(AS_FAST_AS_IT_GOES));
    LogBound bound =
        LogBound.of(
            reads,
            log,
            conversation,
            reads.one(() -> log.mark(conversation)).orElse(null),
            reads.rows(() -> log.buckets(conversation)));
    LogEvents rows =
        new LogEvents() {
          @Override
          public void committed(ChangeRow row) {
            visitor.accept(row);
          }

          @Override
          public void likely(ChangeRow row) {
            visitor.accept(row);
          }
        };
    LogWalk walk = new LogWalk(conversation, bound.number(), rows, finding -> {});
    new LogPass(reads, log, conversation).along(walk, bound, walk::row, bucket -> {}, () -> {});
  }
}
