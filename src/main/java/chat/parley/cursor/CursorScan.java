package chat.parley.cursor;

import chat.parley.cassandra.CassandraSession;
import io.vertx.core.Future;
import java.util.List;
import java.util.OptionalLong;

/** Reads of cursors as they are stored, for those who check them against the log; at quorum. */
public interface CursorScan {
  /** A scan over the session; prepares its statements. */
  static Future<CursorScan> over(CassandraSession session) {
    return CassandraCursorScan.over(session);
  }

  /** A row of {@code delivered}; {@code seq} is -1 where it is not stored. */
  record DeliveredRow(String deviceId, long changeSeq, long seq) {}

  /** How far each of the user's devices is in the conversation. */
  Future<List<DeliveredRow>> delivered(String user, String conversation);

  /** The seq that the user has read up to. */
  Future<OptionalLong> read(String user, String conversation);
}
