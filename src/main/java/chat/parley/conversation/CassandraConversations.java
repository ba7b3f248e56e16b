package chat.parley.conversation;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.turns.Rounds;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** {@link Conversations} in Cassandra. */
final class CassandraConversations implements Conversations {
  private static final int MEMBERS_PAGE = 1_000;

  private final CassandraSession session;
  private final PreparedStatement selectConversation;
  private final PreparedStatement selectTitle;
  private final PreparedStatement insertConversation;
  private final PreparedStatement insertTitle;
  private final PreparedStatement insertMember;
  private final PreparedStatement selectOfUser;
  private final PreparedStatement insertOfUser;
  private final PreparedStatement selectStints;
  private final PreparedStatement selectFirstStints;
  private final PreparedStatement selectStintsAfter;
  private final PreparedStatement selectSettings;
  private final PreparedStatement insertSettings;
  private final PreparedStatement selectCount;
  private final PreparedStatement insertCount;

  private CassandraConversations(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.selectConversation = statements.get(0);
    this.selectTitle = statements.get(1);
    this.insertConversation = statements.get(2);
    this.insertTitle = statements.get(3);
    this.insertMember = statements.get(4);
    this.selectOfUser = statements.get(5);
    this.insertOfUser = statements.get(6);
    this.selectStints = statements.get(7);
    this.selectFirstStints = statements.get(8);
    this.selectStintsAfter = statements.get(9);
    this.selectSettings = statements.get(10);
    this.insertSettings = statements.get(11);
    this.selectCount = statements.get(12);
    this.insertCount = statements.get(13);
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
            "INSERT INTO members (conversation_id, user_id, joined_change_seq, left_change_seq, role)"
                + " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?",
            "SELECT conversation_id, joined_change_seq, left_change_seq FROM user_conversations"
                + " WHERE user_id = ?",
            "INSERT INTO user_conversations (user_id, conversation_id, joined_change_seq, left_change_seq)"
                + " VALUES (?, ?, ?, ?) USING TIMESTAMP ?",
            "SELECT user_id, joined_change_seq, left_change_seq, role FROM members"
                + " WHERE conversation_id = ? AND user_id = ?",
            "SELECT user_id, joined_change_seq, left_change_seq, role FROM members"
                + " WHERE conversation_id = ? LIMIT ?",
            "SELECT user_id, joined_change_seq, left_change_seq, role FROM members"
                + " WHERE conversation_id = ? AND user_id > ? LIMIT ?",
            "SELECT topic, avatar_color, slow_mode_seconds, history, member_limit"
                + " FROM conversation_settings WHERE conversation_id = ?",
            "INSERT INTO conversation_settings"
                + " (conversation_id, topic, avatar_color, slow_mode_seconds, history, member_limit)"
                + " VALUES (:conversation_id, :topic, :avatar_color, :slow_mode_seconds, :history,"
                + " :member_limit) USING TIMESTAMP :at",
            "SELECT members FROM member_counts WHERE conversation_id = ?",
            "INSERT INTO member_counts (conversation_id, members) VALUES (?, ?) USING TIMESTAMP ?")
        .map(statements -> new CassandraConversations(session, statements));
  }

  @Override
  public Future<Optional<Conversation>> find(ConversationId conversation) {
    Future<List<Row>> rows =
        session.read("conversation_read", selectConversation.bind(conversation.value()));
    Future<List<Row>> titles =
        session.read("conversation_title_read", selectTitle.bind(conversation.value()));
    Future<ConversationSettings> settings = settings(conversation);
    return Future.all(rows, titles, settings)
        .map(
            all ->
                rows.result().stream()
                    .findFirst()
                    .map(
                        row ->
                            conversation(conversation, row, titles.result(), settings.result())));
  }

  @Override
  public Future<HistoryVisibility> history(ConversationId conversation) {
    return settings(conversation).map(ConversationSettings::history);
  }

  private Future<ConversationSettings> settings(ConversationId conversation) {
    return session
        .read("conversation_settings_read", selectSettings.bind(conversation.value()))
        .map(
            rows ->
                rows.stream()
                    .findFirst()
                    .map(row -> ConversationSettings.NONE.with(settings(row)))
                    .orElse(ConversationSettings.NONE));
  }

  /** Cells that nobody has set are null, as in a change that does not set them. */
  private static ConversationPatch settings(Row row) {
    String history = row.getString("history");
    return new ConversationPatch(
        null,
        row.getString("topic"),
        row.getString("avatar_color"),
        row.get("slow_mode_seconds", Integer.class),
        history == null ? null : HistoryVisibility.valueOf(history.toUpperCase(Locale.ROOT)),
        row.get("member_limit", Integer.class));
  }

  private static Conversation conversation(
      ConversationId id, Row row, List<Row> titles, ConversationSettings settings) {
    return new Conversation(
        id,
        ConversationType.valueOf(row.getString("type").toUpperCase(Locale.ROOT)),
        titles.isEmpty() ? row.getString("first_title") : titles.get(0).getString("title"),
        new UserId(row.getString("created_by")),
        row.getLong("created_at"),
        AckMode.valueOf(row.getString("ack_mode").toUpperCase(Locale.ROOT)),
        settings);
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
  public Future<Void> update(ConversationId conversation, ConversationPatch patch, long changeSeq) {
    List<Future<Void>> written = new ArrayList<>();
    if (patch.title() != null) {
      written.add(
          session.write(
              "conversation_retitle",
              insertTitle.bind(conversation.value(), patch.title(), changeSeq)));
    }
    if (patch.setsMoreThanTitle()) {
      written.add(
          session.write("conversation_settings_write", settings(conversation, patch, changeSeq)));
    }
    return Future.all(written).mapEmpty();
  }

  /** What the change leaves as it is stays unset: a null would be written as a tombstone. */
  private BoundStatement settings(ConversationId conversation, ConversationPatch patch, long at) {
    BoundStatementBuilder bound =
        insertSettings
            .boundStatementBuilder()
            .setString("conversation_id", conversation.value())
            .setLong("at", timestamp(at));
    if (patch.topic() != null) {
      bound.setString("topic", patch.topic());
    }
    if (patch.avatarColor() != null) {
      bound.setString("avatar_color", patch.avatarColor());
    }
    if (patch.slowModeSeconds() != null) {
      bound.setInt("slow_mode_seconds", patch.slowModeSeconds());
    }
    if (patch.history() != null) {
      bound.setString("history", patch.history().wireName());
    }
    if (patch.memberLimit() != null) {
      bound.setInt("member_limit", patch.memberLimit());
    }
    return bound.build();
  }

  /** 0 is no timestamp of a change: what a conversation is made with is there before the first. */
  private static long timestamp(long changeSeq) {
    return changeSeq + 1;
  }

  @Override
  public Future<Members> members(ConversationId conversation) {
    List<Stint> found = new ArrayList<>();
    return Rounds.whileMore(() -> nextMembers(conversation, found)).map(read -> new Members(found));
  }

  /** A page of them: the rows of a large channel at once would hold up the event loop. */
  private Future<Boolean> nextMembers(ConversationId conversation, List<Stint> found) {
    UserId after = found.isEmpty() ? null : found.get(found.size() - 1).userId();
    return stintsAfter("members_read", conversation, after, MEMBERS_PAGE)
        .compose(
            page -> {
              found.addAll(page);
              return page.size() < MEMBERS_PAGE
                  ? Future.succeededFuture(false)
                  : readWhole(conversation, found).map(true);
            });
  }

  /** Of the last user of a page there may be more beyond its end. */
  private Future<Void> readWhole(ConversationId conversation, List<Stint> found) {
    UserId last = found.get(found.size() - 1).userId();
    return stints(conversation, last)
        .onSuccess(
            own -> {
              int from = found.size();
              while (from > 0 && found.get(from - 1).userId().equals(last)) {
                from--;
              }
              found.subList(from, found.size()).clear();
              found.addAll(own);
            })
        .mapEmpty();
  }

  @Override
  public Future<List<Stint>> stints(ConversationId conversation, UserId user) {
    return session
        .read("stints_read", selectStints.bind(conversation.value(), user.value()))
        .map(CassandraConversations::stints);
  }

  @Override
  public Future<List<Stint>> stintsAfter(ConversationId conversation, UserId user, int limit) {
    return stintsAfter("members_page_read", conversation, user, limit);
  }

  private Future<List<Stint>> stintsAfter(
      String operation, ConversationId conversation, UserId user, int limit) {
    return session
        .read(
            operation,
            user == null
                ? selectFirstStints.bind(conversation.value(), limit)
                : selectStintsAfter.bind(conversation.value(), user.value(), limit))
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
    return recordInList(conversation, stint, changeSeq)
        .compose(
            listed -> session.write("member_write", memberWrite(conversation, stint, changeSeq)));
  }

  @Override
  public Future<Void> recordPair(ConversationId conversation, List<UserId> pair) {
    List<Stint> stints =
        pair.stream().map(user -> new Stint(user, Role.MEMBER, 0, Stint.STILL_THERE)).toList();
    BatchStatementBuilder members = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    stints.forEach(stint -> members.addStatement(memberWrite(conversation, stint, 0)));
    return Future.all(stints.stream().map(one -> recordInList(conversation, one, 0)).toList())
        .compose(listed -> session.write("member_pair_write", members.build()));
  }

  private Future<Void> recordInList(ConversationId conversation, Stint stint, long changeSeq) {
    return session.write(
        "user_conversation_write",
        insertOfUser.bind(
            stint.userId().value(),
            conversation.value(),
            stint.joinedChangeSeq(),
            stint.leftChangeSeq(),
            timestamp(changeSeq)));
  }

  private BoundStatement memberWrite(ConversationId conversation, Stint stint, long changeSeq) {
    return insertMember.bind(
        conversation.value(),
        stint.userId().value(),
        stint.joinedChangeSeq(),
        stint.leftChangeSeq(),
        stint.role().wireName(),
        timestamp(changeSeq));
  }

  @Override
  public Future<Void> recordCount(ConversationId conversation, int members, long changeSeq) {
    return session.write(
        "member_count_write",
        insertCount.bind(conversation.value(), members, timestamp(changeSeq)));
  }

  @Override
  public Future<OptionalInt> count(ConversationId conversation) {
    return session
        .read("member_count_read", selectCount.bind(conversation.value()))
        .map(rows -> rows.stream().mapToInt(row -> row.getInt("members")).findFirst());
  }
}
