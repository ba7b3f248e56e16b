package chat.parley.presence;

import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/** What outlasts a user's presence: when they were seen last, and whom they let see it. */
public interface PresenceRecords {
  /** The records in Cassandra; prepares all statements. */
  static Future<PresenceRecords> over(CassandraSession session) {
    return CassandraPresenceRecords.over(session);
  }

  /** What is stored of these users; of one of whom nothing is, what holds then. */
  Future<List<Stored>> of(Collection<UserId> users);

  /** The user was there at this time; one before what is stored changes nothing. */
  Future<Void> seen(UserId user, long at);

  /** Whom the user lets see it from now on. */
  Future<Void> show(UserId user, PresenceVisibility visibleTo);
}
