package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Map;

/** Every user's settings of their conversations. */
public interface PersonalSettings {
  /** The settings in Cassandra; completes when its statements are prepared. */
  static Future<PersonalSettings> over(CassandraSession session) {
    return CassandraPersonalSettings.prepare(session);
  }

  /**
   * What is to be changed; null leaves as it is. Else the values of {@link PersonalSetting}, those
   * that say "not" included.
   */
  record Change(Long mutedUntil, Long archivedAt, Integer pinnedRank) {
    /** Whether all stays as it is. */
    public boolean isEmpty() {
      return mutedUntil == null && archivedAt == null && pinnedRank == null;
    }
  }

  /** Stores the change; completes when it is durable. A later change wins, whatever the order. */
  Future<Void> change(UserId user, ConversationId conversation, Change change);

  /** One conversation's; {@link PersonalSetting#NONE} where nothing was ever set. */
  Future<PersonalSetting> of(UserId user, ConversationId conversation);

  /** All that the user has ever set something for; one partition read. */
  Future<Map<ConversationId, PersonalSetting>> ofUser(UserId user);
}
