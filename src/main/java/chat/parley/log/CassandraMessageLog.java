package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;

/**
 * {@link MessageLog} in Cassandra. Numbers are dense, so a page is a range of numbers, cut at the
 * ends of buckets: a bucket may hold leftovers beyond its end that were never committed, and the
 * index says where it ends.
 */
final class CassandraMessageLog implements MessageLog {
  private final CassandraSession session;
  private final LogStore store;
  private final CassandraBuckets buckets;
  private final PreparedStatement selectRange;

  private CassandraMessageLog(
      CassandraSession session,
      LogStore store,
      CassandraBuckets buckets,
      PreparedStatement selectRange) {
    this.session = session;
    this.store = store;
    this.buckets = buckets;
    this.selectRange = selectRange;
  }

  static Future<MessageLog> over(
      CassandraSession session, LogStore store, CassandraBuckets buckets) {
    return session
        .prepare(
            "SELECT "
                + ChangeRows.CHANGE_COLUMNS
                + " FROM changes WHERE conversation_id = ? AND bucket = ?"
                + " AND change_seq >= ? AND change_seq <= ?")
        .map(statement -> new CassandraMessageLog(session, store, buckets, statement));
  }

  @Override
  public Future<List<Change>> ascending(
      ConversationId conversation, long from, long bound, int limit) {
    long first = Math.max(1, from);
    long last = Math.min(bound, first + limit - 1);
    if (first > last) {
      return Future.succeededFuture(List.of());
    }
    return buckets
        .startsUpTo(conversation, last)
        .compose(starts -> readOn(conversation, starts, first, last, new ArrayList<>()));
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
      ConversationId conversation,
      NavigableMap<Long, Integer> starts,
      long from,
      long last,
      List<Change> found) {
    if (from > last) {
      return Future.succeededFuture(found);
    }
    int bucket = starts.floorEntry(from).getValue();
    Long nextFirst = starts.higherKey(from);
    long end = nextFirst == null ? last : Math.min(last, nextFirst - 1);
    return session
        .read("log_read", selectRange.bind(conversation.value(), bucket, from, end))
        .compose(
            rows -> {
              takeHighestEpochs(conversation, rows, from, found);
              long next = found.isEmpty() ? from : found.get(found.size() - 1).changeSeq() + 1;
              if (next <= end) {
                return Future.failedFuture(new HoleException(conversation, next));
              }
              return readOn(conversation, starts, next, last, found);
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
}
