package chat.parley.audit;

import chat.parley.cassandra.CassandraSession;
import io.vertx.core.Future;
import java.util.List;

/** Where chains lie. A chain has one writer, so that no write needs a condition. */
public interface AuditStore {
  /** The chains in Cassandra; completes when they can be used. */
  static Future<AuditStore> open(CassandraSession session) {
    return CassandraAuditStore.open(session);
  }

  /** Appends lines of one chain and one part, all or none; the same lines again do no harm. */
  Future<Void> append(List<AuditLine> lines);

  /** Says how far a chain reaches; what is stored stays the latest word. */
  Future<Void> reach(ChainHead head);

  /** The days of which there is something, the oldest first. */
  Future<List<String>> days();

  /** The chains of a day, in the order in which they were opened. */
  Future<List<ChainHead>> chains(String day);

  /** Chains of which there are lines, whether or not anything else is known of them. */
  Future<List<ChainName>> written();

  /** Up to {@code limit} lines of a chain, from this number on, in order. */
  Future<List<AuditLine>> lines(String day, String chain, long from, int limit);

  /** A chain's place. */
  record ChainName(String day, String chain) {}
}
