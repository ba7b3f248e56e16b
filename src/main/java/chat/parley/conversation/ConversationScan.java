package chat.parley.conversation;

import chat.parley.cassandra.CassandraSession;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads of what is stored about conversations, as it lies there, sound or not: for those who check
 * it against the log. Reads are at quorum.
 */
public interface ConversationScan {
  /** A scan over the session; prepares its statements. */
  static Future<ConversationScan> over(CassandraSession session) {
    return CassandraConversationScan.over(session);
  }

  /** A row of {@code conversations}; {@code type} may be null or a word of a newer version. */
  record ConversationRow(long token, String conversation, String type) {}

  /** A row of {@code members}. */
  record MemberRow(String userId, long joined, long left, String role) {}

  /** A row of {@code user_conversations}. */
  record UserConversationRow(long joined, long left) {}

  /** Conversations after this token, in the order of tokens, at most {@code limit}. */
  Future<List<ConversationRow>> conversations(long afterToken, int limit);

  Future<Optional<ConversationRow>> conversation(String conversation);

  /** The title that a change has set; empty where none has. */
  Future<Optional<String>> title(String conversation);

  /** What changes set of a conversation besides its title, as changes call it. */
  List<String> SETTINGS =
      List.of("topic", "avatarColor", "slowModeSeconds", "history", "memberLimit");

  /** Those of {@link #SETTINGS} that are stored, in words. */
  Future<Map<String, String>> settings(String conversation);

  /** How many members a change has left, in words; empty where none has said. */
  Future<Optional<String>> memberCount(String conversation);

  /** A row of {@code user_conversations}, in the order of the users' tokens. */
  record ListRow(long token, String userId, String conversation, long joined, long left) {}

  /**
   * Rows of all users' lists from this user's on, in the order of tokens, at most {@code limit};
   * whoever reads on begins with the last user again.
   */
  Future<List<ListRow>> lists(long fromToken, int limit);

  /** All stints of a conversation. */
  Future<List<MemberRow>> members(String conversation);

  /** The row of one user's list that is about this conversation. */
  Future<Optional<UserConversationRow>> ofUser(String user, String conversation);
}
