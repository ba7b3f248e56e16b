package chat.parley.audit;

import chat.parley.cassandra.CassandraSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Chains in the tables of {@code audit.cql}. */
final class CassandraAuditStore implements AuditStore {
  private final CassandraSession session;
  private final PreparedStatement insertLine;
  private final PreparedStatement insertHead;
  private final PreparedStatement selectDays;
  private final PreparedStatement selectChains;
  private final PreparedStatement selectWritten;
  private final PreparedStatement selectLines;

  private CassandraAuditStore(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.insertLine = statements.get(0);
    this.insertHead = statements.get(1);
    this.selectDays = statements.get(2);
    this.selectChains = statements.get(3);
    this.selectWritten = statements.get(4);
    this.selectLines = statements.get(5);
  }

  static Future<AuditStore> open(CassandraSession session) {
    return session
        .prepareAll(
            "INSERT INTO audit_lines (day, chain, part, seq, line, seal)"
                + " VALUES (:day, :chain, :part, :seq, :line, :seal)",
            "INSERT INTO audit_chains (day, chain, opened_at, key_id, seq, seal)"
                + " VALUES (:day, :chain, :opened_at, :key_id, :seq, :seal)",
            "SELECT DISTINCT day FROM audit_chains",
            "SELECT day, chain, opened_at, key_id, seq, seal FROM audit_chains WHERE day = :day",
            "SELECT DISTINCT day, chain, part FROM audit_lines",
            "SELECT day, chain, seq, line, seal FROM audit_lines WHERE day = :day"
                + " AND chain = :chain AND part = :part AND seq >= :seq LIMIT :max_rows")
        .map(statements -> new CassandraAuditStore(session, statements));
  }

  @Override
  public Future<Void> append(List<AuditLine> lines) {
    // One partition, hence one mutation: all of it is there or nothing.
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    for (AuditLine line : lines) {
      batch.addStatement(
          insertLine
              .bind()
              .setString("day", line.day())
              .setString("chain", line.chain())
              .setInt("part", line.part())
              .setLong("seq", line.seq())
              .setString("line", line.text())
              .setByteBuffer("seal", ByteBuffer.wrap(line.seal())));
    }
    return session.write("audit.append", batch.setIdempotence(true).build());
  }

  @Override
  public Future<Void> reach(ChainHead head) {
    return session.write(
        "audit.reach",
        insertHead
            .bind()
            .setString("day", head.day())
            .setString("chain", head.chain())
            .setInstant("opened_at", Instant.ofEpochMilli(head.openedAt()))
            .setString("key_id", head.keyId())
            .setLong("seq", head.seq())
            .setByteBuffer("seal", ByteBuffer.wrap(head.seal())));
  }

  @Override
  public Future<List<String>> days() {
    return session
        .read("audit.days", selectDays.bind())
        .map(rows -> rows.stream().map(row -> row.getString("day")).sorted().toList());
  }

  @Override
  public Future<List<ChainHead>> chains(String day) {
    return session
        .read("audit.chains", selectChains.bind().setString("day", day))
        .map(
            rows ->
                rows.stream()
                    .map(CassandraAuditStore::head)
                    .sorted(
                        Comparator.comparingLong(ChainHead::openedAt)
                            .thenComparing(ChainHead::chain))
                    .toList());
  }

  @Override
  public Future<List<ChainName>> written() {
    return session
        .read("audit.written", selectWritten.bind())
        .map(
            rows ->
                rows.stream()
                    .map(row -> new ChainName(row.getString("day"), row.getString("chain")))
                    .distinct()
                    .toList());
  }

  @Override
  public Future<List<AuditLine>> lines(String day, String chain, long from, int limit) {
    return lines(day, chain, from, limit, new ArrayList<>());
  }

  /** On into the next part where this one ends full. */
  private Future<List<AuditLine>> lines(
      String day, String chain, long from, int limit, List<AuditLine> found) {
    int part = AuditLine.part(from);
    return session
        .read(
            "audit.lines",
            selectLines
                .bind()
                .setString("day", day)
                .setString("chain", chain)
                .setInt("part", part)
                .setLong("seq", from)
                .setInt("max_rows", limit - found.size()))
        .compose(
            rows -> {
              rows.forEach(row -> found.add(line(row)));
              long next = (long) (part + 1) * AuditLine.PER_PART + 1;
              boolean endsFull = !found.isEmpty() && found.get(found.size() - 1).seq() == next - 1;
              return endsFull && found.size() < limit
                  ? lines(day, chain, next, limit, found)
                  : Future.succeededFuture(found);
            });
  }

  private static AuditLine line(Row row) {
    return new AuditLine(
        row.getString("day"),
        row.getString("chain"),
        row.getLong("seq"),
        row.getString("line"),
        bytes(row.getByteBuffer("seal")));
  }

  private static ChainHead head(Row row) {
    return new ChainHead(
        row.getString("day"),
        row.getString("chain"),
        row.getInstant("opened_at").toEpochMilli(),
        row.getString("key_id"),
        row.getLong("seq"),
        bytes(row.getByteBuffer("seal")));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer == null ? 0 : buffer.remaining()];
    if (buffer != null) {
      buffer.duplicate().get(bytes);
    }
    return bytes;
  }
}
