package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;

/** {@link Amendments} in Cassandra. */
final class CassandraAmendments implements Amendments {
  private final CassandraSession session;
  private final CassandraBuckets buckets;
  private final PreparedStatement insert;
  private final PreparedStatement select;

  private CassandraAmendments(
      CassandraSession session, CassandraBuckets buckets, List<PreparedStatement> statements) {
    this.session = session;
    this.buckets = buckets;
    this.insert = statements.get(0);
    this.select = statements.get(1);
  }

  static Future<Amendments> over(CassandraSession session, CassandraBuckets buckets) {
    return session
        .prepareAll(
            "INSERT INTO amendments (conversation_id, bucket, target, change_seq, seq, type, actor_id,"
                + " committed_at, payload) VALUES (:conversation_id, :bucket, :target, :change_seq, :seq,"
                + " :type, :actor_id, :committed_at, :payload)",
            "SELECT target, change_seq, seq, type, actor_id, committed_at, payload FROM amendments"
                + " WHERE conversation_id = ? AND bucket = ? AND target >= ? AND target <= ?")
        .map(statements -> new CassandraAmendments(session, buckets, statements));
  }

  @Override
  public Future<List<Amendment>> of(ConversationId conversation, long from, long to) {
    return buckets
        .startsUpTo(conversation, to)
        .compose(
            starts -> {
              List<Future<List<Row>>> reads = new ArrayList<>();
              for (int bucket : starts.subMap(starts.floorKey(from), true, to, true).values()) {
                reads.add(
                    session.read(
                        "amendments_read", select.bind(conversation.value(), bucket, from, to)));
              }
              return Future.all(reads).map(done -> amendments(conversation, reads));
            });
  }

  private static List<Amendment> amendments(
      ConversationId conversation, List<Future<List<Row>>> reads) {
    return reads.stream()
        .flatMap(read -> read.result().stream())
        .map(row -> new Amendment(row.getLong("target"), ChangeRows.amendment(conversation, row)))
        .sorted(
            Comparator.comparingLong(Amendment::target)
                .thenComparingLong(amendment -> amendment.change().changeSeq()))
        .toList();
  }

  @Override
  public Future<Void> store(ConversationId conversation, Collection<Change> changes) {
    List<Amendment> amendments = changes.stream().map(Amendment::of).toList();
    long last = amendments.stream().mapToLong(Amendment::target).max().orElse(0);
    return buckets
        .startsUpTo(conversation, last)
        .compose(
            starts ->
                Future.all(
                    amendments.stream().map(amendment -> insert(starts, amendment)).toList()))
        .mapEmpty();
  }

  private Future<Void> insert(NavigableMap<Long, Integer> starts, Amendment amendment) {
    Change change = amendment.change();
    return session.write(
        "amendment_write",
        insert
            .boundStatementBuilder()
            .setString("conversation_id", change.conversationId().value())
            .setInt("bucket", starts.floorEntry(amendment.target()).getValue())
            .setLong("target", amendment.target())
            .setLong("change_seq", change.changeSeq())
            .setLong("seq", change.seq())
            .setByte("type", (byte) change.type().code())
            .setString("actor_id", change.actorId().value())
            .setLong("committed_at", change.committedAt())
            .setByteBuffer("payload", ByteBuffer.wrap(change.payload()))
            .build());
  }
}
