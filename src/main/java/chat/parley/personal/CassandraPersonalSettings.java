package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link PersonalSettings} in Cassandra. */
final class CassandraPersonalSettings implements PersonalSettings {
  private static final String COLUMNS = "muted_until, archived_at, pinned_rank";

  private final CassandraSession session;
  private final PreparedStatement update;
  private final PreparedStatement selectOne;
  private final PreparedStatement selectOfUser;

  private CassandraPersonalSettings(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.update = statements.get(0);
    this.selectOne = statements.get(1);
    this.selectOfUser = statements.get(2);
  }

  static Future<PersonalSettings> prepare(CassandraSession session) {
    return session
        .prepareAll(
            "UPDATE personal_settings SET muted_until = :muted_until, archived_at = :archived_at,"
                + " pinned_rank = :pinned_rank"
                + " WHERE user_id = :user_id AND conversation_id = :conversation_id",
            "SELECT "
                + COLUMNS
                + " FROM personal_settings WHERE user_id = ? AND conversation_id = ?",
            "SELECT conversation_id, " + COLUMNS + " FROM personal_settings WHERE user_id = ?")
        .map(statements -> new CassandraPersonalSettings(session, statements));
  }

  @Override
  public Future<Void> change(UserId user, ConversationId conversation, Change change) {
    BoundStatementBuilder bound =
        update
            .boundStatementBuilder()
            .setString("user_id", user.value())
            .setString("conversation_id", conversation.value());
    // What is not to change is left unset: a null would be a tombstone, and a change.
    if (change.mutedUntil() != null) {
      bound.setLong("muted_until", change.mutedUntil());
    }
    if (change.archivedAt() != null) {
      bound.setLong("archived_at", change.archivedAt());
    }
    if (change.pinnedRank() != null) {
      bound.setInt("pinned_rank", change.pinnedRank());
    }
    return session.write("personal.change", bound.setIdempotence(true).build());
  }

  @Override
  public Future<PersonalSetting> of(UserId user, ConversationId conversation) {
    return session
        .read("personal.one", selectOne.bind(user.value(), conversation.value()))
        .map(rows -> rows.isEmpty() ? PersonalSetting.NONE : setting(rows.get(0)));
  }

  @Override
  public Future<Map<ConversationId, PersonalSetting>> ofUser(UserId user) {
    return session
        .read("personal.of_user", selectOfUser.bind(user.value()))
        .map(
            rows -> {
              Map<ConversationId, PersonalSetting> settings = new HashMap<>(2 * rows.size());
              rows.forEach(
                  row ->
                      settings.put(
                          new ConversationId(row.getString("conversation_id")), setting(row)));
              return settings;
            });
  }

  private static PersonalSetting setting(Row row) {
    return new PersonalSetting(
        row.getLong("muted_until"),
        row.isNull("archived_at") ? PersonalSetting.NOT : row.getLong("archived_at"),
        row.isNull("pinned_rank") ? PersonalSetting.NOT : row.getInt("pinned_rank"));
  }
}
