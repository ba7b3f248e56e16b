package chat.parley.verify;

import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.ConversationScan;
import chat.parley.cursor.CursorScan;
import chat.parley.log.LogScan;
import io.vertx.core.Future;

/** What is read of the history store. */
record Stores(LogScan log, ConversationScan conversations, CursorScan cursors) {
  /** Over the session; prepares statements. */
  static Future<Stores> over(CassandraSession session) {
    return Future.all(
            LogScan.over(session), ConversationScan.over(session), CursorScan.over(session))
        .map(all -> new Stores(all.resultAt(0), all.resultAt(1), all.resultAt(2)));
  }

  /** The same, the log of every replica. */
  Stores ofEveryReplica() {
    return new Stores(log.ofEveryReplica(), conversations, cursors);
  }
}
