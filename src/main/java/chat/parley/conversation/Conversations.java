package chat.parley.conversation;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Conversations, their members by stint, and each user's list of conversations. Writes are made by
 * the owner of the conversation's shard after the change is committed, carry the change's number as
 * their timestamp and so may be repeated: an older one never undoes a newer one.
 */
public interface Conversations {
  /** Conversations in Cassandra; prepares all statements. */
  static Future<Conversations> over(CassandraSession session) {
    return CassandraConversations.over(session);
  }

  /** One row of a user's list: the latest stint in a conversation. */
  record Membership(ConversationId conversationId, long joinedChangeSeq, long leftChangeSeq) {
    /** Whether the user is a member now. */
    public boolean lasts() {
      return leftChangeSeq == Stint.STILL_THERE;
    }
  }

  Future<Optional<Conversation>> find(ConversationId conversation);

  /** Makes the conversation unless it is there; answers whether this call made it. */
  Future<Boolean> create(Conversation conversation);

  /** Sets the title that the change of this number brought. */
  Future<Void> retitle(ConversationId conversation, String title, long changeSeq);

  /** All stints of the conversation. */
  Future<Members> members(ConversationId conversation);

  /** One user's stints in the conversation, oldest first. */
  default Future<List<Stint>> stints(ConversationId conversation, UserId user) {
    return members(conversation).map(members -> members.of(user));
  }

  /** The user's conversations, those they left too. */
  Future<List<Membership>> ofUser(UserId user);

  /**
   * Stores a stint as it is after the change of this number (join, leave or role), in both
   * directions.
   */
  Future<Void> record(ConversationId conversation, Stint stint, long changeSeq);
}
