package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * {@link MessageLog} in Cassandra. Numbers are dense, so a page is a range of numbers, cut at the
 * ends of buckets: a bucket may hold leftovers beyond its end that were never committed, and the
 * index says where it ends.
 */
final class CassandraMessageLog implements MessageLog {
  private static final int CACHED_INDEXES = 10_000;

  /** Where buckets begin, as known to a reader that had this bound. */
  private record BucketIndex(TreeMap<Long, Integer> bucketByFirst, long validUpTo) {}

  private final CassandraSession session;
  private final LogStore store;
  private final PreparedStatement selectRange;
  private final PreparedStatement selectBuckets;
  private final Cache<ConversationId, BucketIndex> indexes =
      Caffeine.newBuilder().maximumSize(CACHED_INDEXES).build();

  private CassandraMessageLog(
      CassandraSession session, LogStore store, List<PreparedStatement> statements) {
    this.session = session;
    this.store = store;
    this.selectRange = statements.get(0);
    this.selectBuckets = statements.get(1);
  }

  static Future<MessageLog> over(CassandraSession session, LogStore store) {
    return session
        .prepareAll(
            "SELECT "
                + ChangeRows.CHANGE_COLUMNS
                + " FROM changes WHERE conversation_id = ? AND bucket = ?"
                + " AND change_seq >= ? AND change_seq <= ?",
            "SELECT bucket, first_change_seq FROM buckets WHERE conversation_id = ?")
        .map(statements -> new CassandraMessageLog(session, store, statements));
  }

  @Override
  public Future<List<Change>> ascending(
      ConversationId conversation, long from, long bound, int limit) {
    long first = Math.max(1, from);
    long last = Math.min(bound, first + limit - 1);
    if (first > last) {
      return Future.succeededFuture(List.of());
    }
    return index(conversation, last)
        .compose(index -> readOn(conversation, index, first, last, new ArrayList<>()));
  }

  @Override
  public Future<List<Change>> descending(
      ConversationId conversation, long bound, long downTo, int limit) {
    long first = Math.max(Math.max(1, downTo), bound - limit + 1);
    return ascending(conversation, first, bound, limit)
        .map(
            changes -> {
              List<Change> reversed = new ArrayList<>(changes);
              Collections.reverse(reversed);
              return reversed;
            });
  }

  @Override
  public Future<Position> published(ConversationId conversation) {
    return store.published(conversation).map(Checkpoint::position);
  }

  private Future<List<Change>> readOn(
      ConversationId conversation, BucketIndex index, long from, long last, List<Change> found) {
    if (from > last) {
      return Future.succeededFuture(found);
    }
    int bucket = index.bucketByFirst().floorEntry(from).getValue();
    Long nextFirst = index.bucketByFirst().higherKey(from);
    long end = nextFirst == null ? last : Math.min(last, nextFirst - 1);
    return session
        .read("log_read", selectRange.bind(conversation.value(), bucket, from, end))
        .compose(
            rows -> {
              takeHighestEpochs(conversation, rows, from, found);
              long next = found.isEmpty() ? from : found.get(found.size() - 1).changeSeq() + 1;
              if (next <= end) {
                return Future.failedFuture(
                    new IllegalStateException(
                        "the log of " + conversation + " has a hole at " + next));
              }
              return readOn(conversation, index, next, last, found);
            });
  }

  /**
   * Rows come by number, highest epoch first; anything but the next number is a leftover or a hole.
   */
  private static void takeHighestEpochs(
      ConversationId conversation, List<Row> rows, long from, List<Change> found) {
    long next = from;
    for (Row row : rows) {
      if (row.getLong("change_seq") == next) {
        found.add(ChangeRows.change(conversation, row));
        next++;
      }
    }
  }

  private Future<BucketIndex> index(ConversationId conversation, long bound) {
    BucketIndex known = indexes.getIfPresent(conversation);
    if (known != null && bound <= known.validUpTo()) {
      return Future.succeededFuture(known);
    }
    return session
        .read("buckets_read", selectBuckets.bind(conversation.value()))
        .map(
            rows -> {
              TreeMap<Long, Integer> byFirst = new TreeMap<>();
              byFirst.put(1L, 0);
              rows.forEach(
                  row -> byFirst.put(row.getLong("first_change_seq"), row.getInt("bucket")));
              BucketIndex fresh = new BucketIndex(byFirst, bound);
              indexes.put(conversation, fresh);
              return fresh;
            });
  }
}
