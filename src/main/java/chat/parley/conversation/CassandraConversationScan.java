package chat.parley.conversation;

import chat.parley.cassandra.CassandraSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link ConversationScan} in Cassandra. */
final class CassandraConversationScan implements ConversationScan {
  private final CassandraSession session;
  private final PreparedStatement selectAfter;
  private final PreparedStatement selectOne;
  private final PreparedStatement selectMembers;
  private final PreparedStatement selectOfUser;
  private final PreparedStatement selectTitle;
  private final PreparedStatement selectLists;
  private final PreparedStatement selectSettings;
  private final PreparedStatement selectCount;

  private CassandraConversationScan(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.selectAfter = statements.get(0);
    this.selectOne = statements.get(1);
    this.selectMembers = statements.get(2);
    this.selectOfUser = statements.get(3);
    this.selectTitle = statements.get(4);
    this.selectLists = statements.get(5);
    this.selectSettings = statements.get(6);
    this.selectCount = statements.get(7);
  }

  static Future<ConversationScan> over(CassandraSession session) {
    String columns = "SELECT conversation_id, type, token(conversation_id) AS at";
    return session
        .prepareAll(
            columns + " FROM conversations WHERE token(conversation_id) > ? LIMIT ?",
            columns + " FROM conversations WHERE conversation_id = ?",
            "SELECT user_id, joined_change_seq, left_change_seq, role FROM members WHERE conversation_id = ?",
            "SELECT joined_change_seq, left_change_seq FROM user_conversations"
                + " WHERE user_id = ? AND conversation_id = ?",
            "SELECT title FROM conversation_titles WHERE conversation_id = ?",
            "SELECT user_id, conversation_id, joined_change_seq, left_change_seq, token(user_id) AS at"
                + " FROM user_conversations WHERE token(user_id) >= ? LIMIT ?",
            "SELECT topic, avatar_color, slow_mode_seconds, history, member_limit"
                + " FROM conversation_settings WHERE conversation_id = ?",
            "SELECT members FROM member_counts WHERE conversation_id = ?")
        .map(statements -> new CassandraConversationScan(session, statements));
  }

  @Override
  public Future<List<ConversationRow>> conversations(long afterToken, int limit) {
    return session
        .read("conversation_scan", selectAfter.bind(afterToken, limit))
        .map(rows -> rows.stream().map(CassandraConversationScan::conversation).toList());
  }

  @Override
  public Future<Optional<ConversationRow>> conversation(String conversation) {
    return session
        .read("conversation_scan", selectOne.bind(conversation))
        .map(rows -> rows.stream().findFirst().map(CassandraConversationScan::conversation));
  }

  private static ConversationRow conversation(Row row) {
    return new ConversationRow(
        row.getLong("at"), row.getString("conversation_id"), row.getString("type"));
  }

  @Override
  public Future<List<MemberRow>> members(String conversation) {
    return session
        .read("member_scan", selectMembers.bind(conversation))
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new MemberRow(
                                row.getString("user_id"),
                                row.getLong("joined_change_seq"),
                                row.getLong("left_change_seq"),
                                row.getString("role")))
                    .toList());
  }

  @Override
  public Future<Optional<UserConversationRow>> ofUser(String user, String conversation) {
    return session
        .read("member_scan", selectOfUser.bind(user, conversation))
        .map(
            rows ->
                rows.stream()
                    .findFirst()
                    .map(
                        row ->
                            new UserConversationRow(
                                row.getLong("joined_change_seq"), row.getLong("left_change_seq"))));
  }

  @Override
  public Future<Optional<String>> title(String conversation) {
    return session
        .read("conversation_scan", selectTitle.bind(conversation))
        .map(rows -> rows.stream().findFirst().map(row -> row.getString("title")));
  }

  /** The columns stand in the order of {@link #SETTINGS}. */
  @Override
  public Future<Map<String, String>> settings(String conversation) {
    return session
        .read("conversation_scan", selectSettings.bind(conversation))
        .map(
            rows -> {
              Map<String, String> settings = new HashMap<>();
              for (Row row : rows) {
                for (int i = 0; i < SETTINGS.size(); i++) {
                  if (!row.isNull(i)) {
                    settings.put(SETTINGS.get(i), String.valueOf(row.getObject(i)));
                  }
                }
              }
              return settings;
            });
  }

  @Override
  public Future<Optional<String>> memberCount(String conversation) {
    return session
        .read("member_scan", selectCount.bind(conversation))
        .map(rows -> rows.stream().findFirst().map(row -> String.valueOf(row.getInt("members"))));
  }

  @Override
  public Future<List<ListRow>> lists(long fromToken, int limit) {
    return session
        .read("list_scan", selectLists.bind(fromToken, limit))
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new ListRow(
                                row.getLong("at"),
                                row.getString("user_id"),
                                row.getString("conversation_id"),
                                row.getLong("joined_change_seq"),
                                row.getLong("left_change_seq")))
                    .toList());
  }
}
