package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@link LogScan} in Cassandra. */
final class CassandraLogScan implements LogScan {
  private final CassandraSession session;
  private final List<PreparedStatement> statements;
  private final boolean everyReplica;

  private CassandraLogScan(
      CassandraSession session, List<PreparedStatement> statements, boolean everyReplica) {
    this.session = session;
    this.statements = statements;
    this.everyReplica = everyReplica;
  }

  static Future<LogScan> over(CassandraSession session) {
    return session
        .prepareAll(
            "SELECT "
                + ChangeRows.ALL_COLUMNS
                + " FROM changes WHERE conversation_id = ? AND bucket = ? AND change_seq >= ? LIMIT ?",
            "SELECT change_seq, group_first FROM changes"
                + " WHERE conversation_id = ? AND bucket = ? AND change_seq >= ? LIMIT ?",
            "SELECT user_id, device_id, client_msg_id, epoch, change_seq, body_hash FROM sends"
                + " WHERE conversation_id = ? AND bucket = ?"
                + " AND (user_id, device_id, client_msg_id) >= (?, ?, ?) LIMIT ?",
            "SELECT bucket, first_change_seq, first_seq, opened_at FROM buckets WHERE conversation_id = ?",
            "SELECT change_seq, seq, bucket, bucket_first FROM published WHERE conversation_id = ?",
            partitions("changes"),
            partitions("sends"),
            partitions("amendments"),
            "SELECT target, change_seq, seq, type, actor_id, committed_at, payload FROM amendments"
                + " WHERE conversation_id = ? AND bucket = ? AND (target, change_seq) > (?, ?) LIMIT ?")
        .map(statements -> new CassandraLogScan(session, statements, false));
  }

  private static String partitions(String table) {
    return "SELECT DISTINCT conversation_id, bucket, token(conversation_id, bucket) AS at FROM "
        + table
        + " WHERE token(conversation_id, bucket) > ? LIMIT ?";
  }

  @Override
  public LogScan ofEveryReplica() {
    return new CassandraLogScan(session, statements, true);
  }

  @Override
  public Future<List<ChangeRow>> changes(String conversation, int bucket, long from, int limit) {
    return rows(
        statements.get(0).bind(conversation, bucket, from, limit), row -> change(bucket, row));
  }

  private static ChangeRow change(int bucket, Row row) {
    return new ChangeRow(
        bucket,
        row.getLong("change_seq"),
        row.getLong("epoch"),
        row.getLong("group_first"),
        row.getInt("group_length"),
        row.getBoolean("closes_bucket"),
        row.getLong("seq"),
        row.getByte("type"),
        row.getString("actor_id"),
        row.getString("subject_id"),
        row.getLong("large_since") > 0, // 0 where nothing is stored
        row.getLong("committed_at"),
        row.getLong("body_hash"),
        bytes(row.getByteBuffer("payload")));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Override
  public Future<List<BoundRow>> bounds(String conversation, int bucket, long from, int limit) {
    return rows(
        statements.get(1).bind(conversation, bucket, from, limit),
        row -> new BoundRow(row.getLong("change_seq"), row.getLong("group_first")));
  }

  @Override
  public Future<List<SendRow>> sends(String conversation, int bucket, SendRow from, int limit) {
    return rows(
        statements
            .get(2)
            .bind(
                conversation,
                bucket,
                from == null ? "" : from.userId(),
                from == null ? "" : from.deviceId(),
                from == null ? "" : from.clientMsgId(),
                limit),
        row ->
            new SendRow(
                row.getString("user_id"),
                row.getString("device_id"),
                row.getString("client_msg_id"),
                row.getLong("epoch"),
                row.getLong("change_seq"),
                row.getLong("body_hash")));
  }

  @Override
  public Future<List<AmendmentRow>> amendments(
      String conversation, int bucket, long afterTarget, long afterChange, int limit) {
    return rows(
        statements.get(8).bind(conversation, bucket, afterTarget, afterChange, limit),
        row ->
            new AmendmentRow(
                bucket,
                row.getLong("target"),
                row.getLong("change_seq"),
                row.getLong("seq"),
                row.getByte("type"),
                row.getString("actor_id"),
                row.getLong("committed_at"),
                bytes(row.getByteBuffer("payload"))));
  }

  @Override
  public Future<List<BucketRow>> buckets(String conversation) {
    return rows(
        statements.get(3).bind(conversation),
        row ->
            new BucketRow(
                row.getInt("bucket"),
                row.getLong("first_change_seq"),
                row.getLong("first_seq"),
                row.getLong("opened_at")));
  }

  @Override
  public Future<Optional<MarkRow>> mark(String conversation) {
    return rows(
            statements.get(4).bind(conversation),
            row ->
                new MarkRow(
                    row.getLong("change_seq"),
                    row.getLong("seq"),
                    row.getInt("bucket"),
                    row.getLong("bucket_first")))
        .map(marks -> marks.stream().findFirst());
  }

  @Override
  public Future<List<Partition>> partitions(Table table, long afterToken, int limit) {
    int statement =
        switch (table) {
          case CHANGES -> 5;
          case SENDS -> 6;
          case AMENDMENTS -> 7;
        };
    return rows(
        statements.get(statement).bind(afterToken, limit),
        row ->
            new Partition(
                row.getLong("at"), row.getString("conversation_id"), row.getInt("bucket")));
  }

  private <T> Future<List<T>> rows(BoundStatement statement, Function<Row, T> mapping) {
    Future<List<Row>> read =
        everyReplica
            ? session
                .read("log_scan_all", statement.setConsistencyLevel(DefaultConsistencyLevel.ALL))
                .recover(replicaAway -> session.read("log_scan", statement))
            : session.read("log_scan", statement);
    return read.map(rows -> rows.stream().map(mapping).toList());
  }
}
