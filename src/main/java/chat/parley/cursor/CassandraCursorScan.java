package chat.parley.cursor;

import chat.parley.cassandra.CassandraSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.List;
import java.util.OptionalLong;

/** {@link CursorScan} in Cassandra. */
final class CassandraCursorScan implements CursorScan {
  private final CassandraSession session;
  private final PreparedStatement selectDelivered;
  private final PreparedStatement selectRead;

  private CassandraCursorScan(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.selectDelivered = statements.get(0);
    this.selectRead = statements.get(1);
  }

  static Future<CursorScan> over(CassandraSession session) {
    return session
        .prepareAll(
            "SELECT device_id, change_seq, seq FROM delivered WHERE user_id = ? AND conversation_id = ?",
            "SELECT seq FROM read_cursors WHERE user_id = ? AND conversation_id = ?")
        .map(statements -> new CassandraCursorScan(session, statements));
  }

  @Override
  public Future<List<DeliveredRow>> delivered(String user, String conversation) {
    return session
        .read("cursor_scan", selectDelivered.bind(user, conversation))
        .map(rows -> rows.stream().map(CassandraCursorScan::delivered).toList());
  }

  private static DeliveredRow delivered(Row row) {
    return new DeliveredRow(
        row.getString("device_id"),
        row.getLong("change_seq"),
        row.isNull("seq") ? -1 : row.getLong("seq"));
  }

  @Override
  public Future<OptionalLong> read(String user, String conversation) {
    return session
        .read("cursor_scan", selectRead.bind(user, conversation))
        .map(
            rows ->
                rows.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(rows.get(0).getLong("seq")));
  }
}
