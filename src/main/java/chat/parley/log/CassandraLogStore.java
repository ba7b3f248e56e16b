package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link LogStore} in Cassandra. */
final class CassandraLogStore implements LogStore {
  private static final String SELECT_SENDS =
      "SELECT client_msg_id, change_seq, body_hash FROM sends WHERE conversation_id = ? AND bucket = ?"
          + " AND user_id = ? AND device_id = ?";

  private final CassandraSession session;
  private final MarkOrder marks = new MarkOrder();
  private final PreparedStatement selectTail;
  private final PreparedStatement insertChange;
  private final PreparedStatement insertSend;
  private final PreparedStatement selectEpochs;
  private final PreparedStatement selectPublished;
  private final PreparedStatement insertPublished;
  private final PreparedStatement insertActive;
  private final PreparedStatement deleteActive;
  private final PreparedStatement selectActive;
  private final PreparedStatement insertBucket;
  private final PreparedStatement selectSends;
  private final PreparedStatement selectSend;
  private final PreparedStatement selectBuckets;

  private CassandraLogStore(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.selectTail = statements.get(0);
    this.insertChange = statements.get(1);
    this.insertSend = statements.get(2);
    this.selectEpochs = statements.get(3);
    this.selectPublished = statements.get(4);
    this.insertPublished = statements.get(5);
    this.insertActive = statements.get(6);
    this.deleteActive = statements.get(7);
    this.selectActive = statements.get(8);
    this.insertBucket = statements.get(9);
    this.selectSends = statements.get(10);
    this.selectSend = statements.get(11);
    this.selectBuckets = statements.get(12);
  }

  static Future<LogStore> over(CassandraSession session) {
    return session
        .prepareAll(
            "SELECT "
                + ChangeRows.ALL_COLUMNS
                + " FROM changes WHERE conversation_id = ? AND bucket = ? AND change_seq >= ? LIMIT ?",
            "INSERT INTO changes (conversation_id, bucket, change_seq, epoch, group_first, group_length,"
                + " closes_bucket, seq, type, actor_id, subject_id, large_since, committed_at, body_hash,"
                + " payload) VALUES"
                + " (:conversation_id, :bucket, :change_seq, :epoch, :group_first, :group_length,"
                + " :closes_bucket, :seq, :type, :actor_id, :subject_id, :large_since, :committed_at, :body_hash,"
                + " :payload)",
            "INSERT INTO sends (conversation_id, bucket, user_id, device_id, client_msg_id, epoch, change_seq,"
                + " body_hash) VALUES (:conversation_id, :bucket, :user_id, :device_id, :client_msg_id, :epoch,"
                + " :change_seq, :body_hash)",
            "SELECT shard, epoch FROM shard_epoch WHERE shard IN ?",
            "SELECT change_seq, seq, bucket, bucket_first, bucket_bytes, bucket_opened_at, large_since"
                + " FROM published WHERE conversation_id = ?",
            // The number as the timestamp: a mark that comes late never overwrites a later one.
            "INSERT INTO published (conversation_id, change_seq, seq, bucket, bucket_first, bucket_bytes,"
                + " bucket_opened_at, large_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?",
            "INSERT INTO active (shard, epoch, conversation_id, buffered) VALUES (?, ?, ?, ?)"
                + " USING TIMESTAMP ?",
            "DELETE FROM active USING TIMESTAMP ?"
                + " WHERE shard = ? AND epoch = ? AND conversation_id = ?",
            "SELECT epoch, conversation_id, buffered FROM active WHERE shard = ?",
            "INSERT INTO buckets (conversation_id, bucket, first_change_seq, first_seq, opened_at)"
                + " VALUES (?, ?, ?, ?, ?)",
            SELECT_SENDS + " LIMIT ?",
            SELECT_SENDS + " AND client_msg_id = ?",
            "SELECT bucket, opened_at FROM buckets WHERE conversation_id = ? ORDER BY bucket DESC")
        .map(statements -> new CassandraLogStore(session, statements));
  }

  @Override
  public Future<List<LogRow>> tail(ConversationId conversation, int bucket, long from, int limit) {
    return session
        .read("log_tail", selectTail.bind(conversation.value(), bucket, from, limit))
        .map(
            rows ->
                rows.stream().map(row -> ChangeRows.logRow(conversation, bucket, row)).toList());
  }

  @Override
  public Future<Void> append(Group group) {
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    for (LogRow row : group.rows()) {
      batch.addStatement(changeOf(row));
      if (row.key() != null) {
        batch.addStatement(sendOf(row));
      }
    }
    return session.write("log_append", batch.build());
  }

  private BoundStatement changeOf(LogRow row) {
    Change change = row.change();
    BoundStatementBuilder bound =
        insertChange
            .boundStatementBuilder()
            .setString("conversation_id", change.conversationId().value())
            .setInt("bucket", row.bucket())
            .setLong("change_seq", change.changeSeq())
            .setLong("epoch", row.epoch())
            .setLong("group_first", row.groupFirst())
            .setInt("group_length", row.groupLength())
            .setBoolean("closes_bucket", row.closesBucket())
            .setLong("seq", change.seq())
            .setByte("type", (byte) change.type().code())
            .setString("actor_id", change.actorId().value())
            .setLong("committed_at", change.committedAt())
            .setByteBuffer("payload", ByteBuffer.wrap(change.payload()));
    // What a change has not stays unset: a null would be stored as a tombstone.
    if (change.subjectId() != null) {
      bound.setString("subject_id", change.subjectId().value());
    }
    if (change.large()) {
      bound.setLong("large_since", change.largeSince());
    }
    if (row.key() != null) {
      bound.setLong("body_hash", row.key().bodyHash());
    }
    return bound.build();
  }

  private BoundStatement sendOf(LogRow row) {
    return insertSend
        .boundStatementBuilder()
        .setString("conversation_id", row.change().conversationId().value())
        .setInt("bucket", row.bucket())
        .setString("user_id", row.key().userId().value())
        .setString("device_id", row.key().deviceId().value())
        .setString("client_msg_id", row.key().clientMsgId().value())
        .setLong("epoch", row.epoch())
        .setLong("change_seq", row.changeSeq())
        .setLong("body_hash", row.key().bodyHash())
        .build();
  }

  @Override
  public Future<Map<Integer, Long>> epochs(Collection<Integer> shards) {
    return session
        .read("log_barrier", selectEpochs.bind(List.copyOf(shards)))
        .map(
            rows -> {
              Map<Integer, Long> epochs = new HashMap<>();
              rows.forEach(row -> epochs.put(row.getInt("shard"), row.getLong("epoch")));
              return epochs;
            });
  }

  @Override
  public Future<Checkpoint> published(ConversationId conversation) {
    return session
        .read("published_read", selectPublished.bind(conversation.value()))
        .map(rows -> rows.isEmpty() ? Checkpoint.START : checkpoint(rows.get(0)));
  }

  private static Checkpoint checkpoint(Row row) {
    return new Checkpoint(
        new Position(row.getLong("change_seq"), row.getLong("seq")),
        row.getInt("bucket"),
        row.getLong("bucket_first"),
        row.getLong("bucket_bytes"),
        row.getLong("bucket_opened_at"),
        row.getLong("large_since"));
  }

  @Override
  public Future<Void> savePublished(ConversationId conversation, Checkpoint at) {
    return session.write(
        "published_write",
        insertPublished.bind(
            conversation.value(),
            at.position().changeSeq(),
            at.position().seq(),
            at.bucket(),
            at.bucketFirst(),
            at.bucketBytes(),
            at.bucketOpenedAt(),
            at.largeSince(),
            at.position().changeSeq()));
  }

  @Override
  public Future<Void> markActive(
      int shard, long epoch, ConversationId conversation, boolean buffered) {
    return session.write(
        "active_write",
        insertActive.bind(shard, epoch, conversation.value(), buffered, marks.next(epoch)));
  }

  @Override
  public Future<Void> clearActive(
      int shard, long by, Collection<Long> epochs, ConversationId conversation) {
    long at = marks.next(by);
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    epochs.forEach(
        epoch -> batch.addStatement(deleteActive.bind(at, shard, epoch, conversation.value())));
    return session.write("active_clear", batch.build());
  }

  @Override
  public Future<List<ActiveMark>> active(int shard) {
    return session
        .read("active_read", selectActive.bind(shard))
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new ActiveMark(
                                row.getLong("epoch"),
                                new ConversationId(row.getString("conversation_id")),
                                row.getBoolean("buffered")))
                    .toList());
  }

  @Override
  public Future<Void> indexBucket(ConversationId conversation, Checkpoint opened) {
    return session.write(
        "bucket_write",
        insertBucket.bind(
            conversation.value(),
            opened.bucket(),
            opened.bucketFirst(),
            opened.position().seq() + 1,
            opened.bucketOpenedAt()));
  }

  @Override
  public Future<List<Integer>> sendBuckets(ConversationId conversation, Instant since) {
    return session
        .read("buckets_read", selectBuckets.bind(conversation.value()))
        .map(
            rows -> {
              List<Integer> buckets = new ArrayList<>();
              for (Row row : rows) {
                buckets.add(row.getInt("bucket"));
                if (row.getLong("opened_at") < since.toEpochMilli()) {
                  return buckets; // Older buckets closed before this one opened.
                }
              }
              buckets.add(0);
              return buckets;
            });
  }

  @Override
  public Future<List<StoredSend>> sends(
      ConversationId conversation, int bucket, UserId user, DeviceId device, int limit) {
    return session
        .read(
            "sends_read",
            selectSends.bind(conversation.value(), bucket, user.value(), device.value(), limit))
        .map(CassandraLogStore::sends);
  }

  @Override
  public Future<List<StoredSend>> send(ConversationId conversation, int bucket, SendKey key) {
    return session
        .read(
            "send_read",
            selectSend.bind(
                conversation.value(),
                bucket,
                key.userId().value(),
                key.deviceId().value(),
                key.clientMsgId().value()))
        .map(CassandraLogStore::sends);
  }

  private static List<StoredSend> sends(List<Row> rows) {
    return rows.stream()
        .map(
            row ->
                new StoredSend(
                    row.getString("client_msg_id"),
                    row.getLong("change_seq"),
                    row.getLong("body_hash")))
        .toList();
  }
}
