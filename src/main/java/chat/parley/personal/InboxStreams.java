package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.kafka.Continuity;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Whether the rows of inboxes were made of all of their streams. It is kept beside the rows and not
 * in Kafka, whose loss it is there for.
 */
public interface InboxStreams {
  /** What is kept in Cassandra; completes when its statements are prepared. */
  static Future<InboxStreams> over(CassandraSession session) {
    return CassandraInboxStreams.prepare(session);
  }

  /** Of one stream, by a name that stays when its topic is renamed: that is another one then. */
  Continuity of(String stream);

  /** What was missed so far, by stream: each time something was has an id of its own. */
  Future<Map<String, Set<UUID>>> gaps();

  /** The rows were made again by other means, from the log as it was after these gaps. */
  Future<Void> mended(Map<String, Set<UUID>> gaps);
}
