package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Reads of everything that the log has stored, as it lies there: rows of all epochs, committed or
 * not, sound or not. For those who check the log; nobody can tell from these rows alone what is
 * committed. Reads are at quorum, and a page is at most {@code limit} rows.
 */
public interface LogScan {
  /** A scan over the session; prepares its statements. */
  static Future<LogScan> over(CassandraSession session) {
    return CassandraLogScan.over(session);
  }

  /**
   * A row of {@code changes}. {@code type} is a code that a newer version may have brought; {@code
   * actorId}, {@code subjectId} and {@code payload} may be null; {@code large} says that it was
   * published in the topic of large conversations.
   */
  record ChangeRow(
      int bucket,
      long changeSeq,
      long epoch,
      long groupFirst,
      int groupLength,
      boolean closesBucket,
      long seq,
      int type,
      String actorId,
      String subjectId,
      boolean large,
      long committedAt,
      long bodyHash,
      byte[] payload) {}

  /** Of a row of {@code changes}, what says how far the log goes. */
  record BoundRow(long changeSeq, long groupFirst) {}

  /** A row of {@code sends}. */
  record SendRow(
      String userId,
      String deviceId,
      String clientMsgId,
      long epoch,
      long changeSeq,
      long bodyHash) {}

  /** A row of {@code amendments}; {@code payload} may be null. */
  record AmendmentRow(
      int bucket,
      long target,
      long changeSeq,
      long seq,
      int type,
      String actorId,
      long committedAt,
      byte[] payload) {}

  /** A row of {@code buckets}. */
  record BucketRow(int bucket, long firstChangeSeq, long firstSeq, long openedAt) {}

  /** A row of {@code published}. */
  record MarkRow(long changeSeq, long seq, int bucket, long bucketFirst) {}

  /** One partition of a {@link Table}, in the order of tokens. */
  record Partition(long token, String conversation, int bucket) {}

  /** A table that is divided by conversation and bucket. */
  enum Table {
    CHANGES,
    SENDS,
    AMENDMENTS
  }

  /** Rows of one bucket from a number on, ascending; of one number the highest epoch first. */
  Future<List<ChangeRow>> changes(String conversation, int bucket, long from, int limit);

  /** The same rows without their content. */
  Future<List<BoundRow>> bounds(String conversation, int bucket, long from, int limit);

  /** Send keys of one bucket from this key on, by user, device and id; null starts at the first. */
  Future<List<SendRow>> sends(String conversation, int bucket, SendRow from, int limit);

  /** Amendments of one bucket after this target and change, by both. */
  Future<List<AmendmentRow>> amendments(
      String conversation, int bucket, long afterTarget, long afterChange, int limit);

  /** The bucket index of a conversation; a bucket 0 is in no index. */
  Future<List<BucketRow>> buckets(String conversation);

  /** The published mark; empty where nothing was ever published. */
  Future<Optional<MarkRow>> mark(String conversation);

  /** Partitions after this token, ascending. */
  Future<List<Partition>> partitions(Table table, long afterToken, int limit);

  /**
   * The same reads, asking every replica: what a write left on one replica only is then seen by all
   * reads or by none. Where a replica is away they are at quorum.
   */
  LogScan ofEveryReplica();
}
