package chat.parley.conversation;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationType;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@link Conversations} in Cassandra. */
final class CassandraConversations implements Conversations {
  private final CassandraSession session;
  private final PreparedStatement selectConversation;
  private final PreparedStatement selectTitle;
  private final PreparedStatement insertConversation;
  private final PreparedStatement insertTitle;
  private final PreparedStatement selectMembers;
  private final PreparedStatement insertMember;
  private final PreparedStatement selectOfUser;
  private final PreparedStatement insertOfUser;
  private final PreparedStatement selectStints;

  private CassandraConversations(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.selectConversation = statements.get(0);
    this.selectTitle = statements.get(1);
    this.insertConversation = statements.get(2);
    this.insertTitle = statements.get(3);
    this.selectMembers = statements.get(4);
    this.insertMember = statements.get(5);
    this.selectOfUser = statements.get(6);
    this.insertOfUser = statements.get(7);
    this.selectStints = statements.get(8);
  }

  static Future<Conversations> over(CassandraSession session) {
    return session
        .prepareAll(
            "SELECT type, created_by, created_at, ack_mode, first_title FROM conversations"
                + " WHERE conversation_id = ?",
            "SELECT title FROM conversation_titles WHERE conversation_id = ?",
            "INSERT INTO conversations (conversation_id, type, created_by, created_at, ack_mode, first_title)"
                + " VALUES (:conversation_id, :type, :created_by, :created_at, :ack_mode, :first_title)"
                + " IF NOT EXISTS",
            "INSERT INTO conversation_titles (conversation_id, title) VALUES (?, ?) USING TIMESTAMP ?",
            "SELECT user_id, joined_change_seq, left_change_seq, role FROM members WHERE conversation_id = ?",
            "INSERT INTO members (conversation_id, user_id, joined_change_seq, left_change_seq, role)"
                + " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?",
            "SELECT conversation_id, joined_change_seq, left_change_seq FROM user_conversations"
                + " WHERE user_id = ?",
            "INSERT INTO user_conversations (user_id, conversation_id, joined_change_seq, left_change_seq)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?",
            "SELECT user_id, joined_change_seq, left_change_seq, role FROM members"
                + " WHERE conversation_id = ? AND user_id = ?")
        .map(statements -> new CassandraConversations(session, statements));
  }

  @Override
  public Future<Optional<Conversation>> find(ConversationId conversation) {
    Future<List<Row>> rows =
        session.read("conversation_read", selectConversation.bind(conversation.value()));
    Future<List<Row>> titles =
        session.read("conversation_title_read", selectTitle.bind(conversation.value()));
    return Future.all(rows, titles)
        .map(
            both ->
                rows.result().stream()
                    .findFirst()
                    .map(row -> conversation(conversation, row, titles.result())));
  }

  private static Conversation conversation(ConversationId id, Row row, List<Row> titles) {
    return new Conversation(
        id,
        ConversationType.valueOf(row.getString("type").toUpperCase(Locale.ROOT)),
        titles.isEmpty() ? row.getString("first_title") : titles.get(0).getString("title"),
        new UserId(row.getString("created_by")),
        row.getLong("created_at"),
        AckMode.valueOf(row.getString("ack_mode").toUpperCase(Locale.ROOT)));
  }

  @Override
  public Future<Boolean> create(Conversation conversation) {
    BoundStatementBuilder bound =
        insertConversation
            .boundStatementBuilder()
            .setString("conversation_id", conversation.conversationId().value())
            .setString("type", conversation.type().wireName())
            .setString("created_by", conversation.createdBy().value())
            .setLong("created_at", conversation.createdAt())
            .setString("ack_mode", conversation.ackMode().wireName());
    if (conversation.title() != null) {
      bound.setString("first_title", conversation.title());
    }
    return session.applied("conversation_create", bound.setIdempotence(false).build());
  }

  @Override
  public Future<Void> retitle(ConversationId conversation, String title, long changeSeq) {
    return session.write(
        "conversation_retitle", insertTitle.bind(conversation.value(), title, changeSeq));
  }

  @Override
  public Future<Members> members(ConversationId conversation) {
    return session
        .read("members_read", selectMembers.bind(conversation.value()))
        .map(rows -> new Members(stints(rows)));
  }

  @Override
  public Future<List<Stint>> stints(ConversationId conversation, UserId user) {
    return session
        .read("stints_read", selectStints.bind(conversation.value(), user.value()))
        .map(CassandraConversations::stints);
  }

  private static List<Stint> stints(List<Row> rows) {
    return rows.stream()
        .map(
            row ->
                new Stint(
                    new UserId(row.getString("user_id")),
                    Role.valueOf(row.getString("role").toUpperCase(Locale.ROOT)),
                    row.getLong("joined_change_seq"),
                    row.getLong("left_change_seq")))
        .toList();
  }

  @Override
  public Future<List<Membership>> ofUser(UserId user) {
    return session
        .read("user_conversations_read", selectOfUser.bind(user.value()))
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new Membership(
                                new ConversationId(row.getString("conversation_id")),
                                row.getLong("joined_change_seq"),
                                row.getLong("left_change_seq")))
                    .toList());
  }

  @Override
  public Future<Void> record(ConversationId conversation, Stint stint, long changeSeq) {
    // 0 is no timestamp of a change: the first members of a dm are there before the first.
    long timestamp = changeSeq + 1;
    return Future.all(
            session.write(
                "member_write",
                insertMember.bind(
                    conversation.value(),
                    stint.userId().value(),
                    stint.joinedChangeSeq(),
                    stint.leftChangeSeq(),
                    stint.role().wireName(),
                    timestamp)),
            session.write(
                "user_conversation_write",
                insertOfUser.bind(
                    stint.userId().value(),
                    conversation.value(),
                    stint.joinedChangeSeq(),
                    stint.leftChangeSeq(),
                    timestamp)))
        .mapEmpty();
  }
}
