package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Where the buckets of conversations begin, remembered: what is committed never moves. */
final class CassandraBuckets {
  private static final int CACHED_INDEXES = 10_000;

  /** Buckets by their first number, as known to a reader that had this bound. */
  private record Index(NavigableMap<Long, Integer> bucketByFirst, long validUpTo) {}

  private final CassandraSession session;
  private final PreparedStatement selectBuckets;
  private final Cache<ConversationId, Index> indexes =
      Caffeine.newBuilder().maximumSize(CACHED_INDEXES).build();

  private CassandraBuckets(CassandraSession session, PreparedStatement selectBuckets) {
    this.session = session;
    this.selectBuckets = selectBuckets;
  }

  static Future<CassandraBuckets> over(CassandraSession session) {
    return session
        .prepare("SELECT bucket, first_change_seq FROM buckets WHERE conversation_id = ?")
        .map(statement -> new CassandraBuckets(session, statement));
  }

  /**
   * Buckets by their first number; right for all numbers up to {@code bound}, which must be
   * committed. Nobody changes the answer.
   */
  Future<NavigableMap<Long, Integer>> startsUpTo(ConversationId conversation, long bound) {
    Index known = indexes.getIfPresent(conversation);
    if (known != null && bound <= known.validUpTo()) {
      return Future.succeededFuture(known.bucketByFirst());
    }
    return session
        .read("buckets_read", selectBuckets.bind(conversation.value()))
        .map(
            rows -> {
              TreeMap<Long, Integer> byFirst = new TreeMap<>();
              byFirst.put(1L, 0);
              rows.forEach(
                  row -> byFirst.put(row.getLong("first_change_seq"), row.getInt("bucket")));
              indexes.put(conversation, new Index(byFirst, bound));
              return byFirst;
            });
  }
}
