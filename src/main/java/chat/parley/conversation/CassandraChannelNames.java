package chat.parley.conversation;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link ChannelNames} in Cassandra: a partition for each first letter of a word, and one for whole
 * titles.
 */
final class CassandraChannelNames implements ChannelNames {
  /** No word begins with it, and a partition's key must not be empty. */
  private static final String WHOLE_TITLES = " ";

  /** Sorts behind every character of a name. */
  private static final String AFTER_ALL = Character.toString(Character.MAX_CODE_POINT);

  private final CassandraSession session;
  private final PreparedStatement insert;
  private final PreparedStatement select;

  private CassandraChannelNames(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.insert = statements.get(0);
    this.select = statements.get(1);
  }

  static Future<ChannelNames> over(CassandraSession session) {
    return session
        .prepareAll(
            "INSERT INTO channel_names (prefix, name, conversation_id) VALUES (?, ?, ?)",
            "SELECT name, conversation_id FROM channel_names WHERE prefix = ?"
                + " AND (name, conversation_id) > (?, ?) AND (name) < (?) LIMIT ?")
        .map(statements -> new CassandraChannelNames(session, statements));
  }

  @Override
  public Future<Void> add(ConversationId channel, String title) {
    List<Future<Void>> written = new ArrayList<>();
    written.add(write(WHOLE_TITLES, TitleWords.folded(title), channel));
    TitleWords.of(title).forEach(word -> written.add(write(prefix(word), word, channel)));
    return Future.all(written).mapEmpty();
  }

  private Future<Void> write(String prefix, String name, ConversationId channel) {
    return session.write("channel_name_write", insert.bind(prefix, name, channel.value()));
  }

  @Override
  public Future<List<Hit>> find(String query, Hit after, int limit) {
    String key = TitleWords.key(query);
    return session
        .read(
            "channel_names_read",
            select.bind(
                key.isEmpty() ? WHOLE_TITLES : prefix(key),
                after == null ? key : after.name(),
                after == null ? "" : after.conversationId().value(),
                key + AFTER_ALL,
                limit))
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new Hit(
                                new ConversationId(row.getString("conversation_id")),
                                row.getString("name")))
                    .toList());
  }

  private static String prefix(String word) {
    return word.substring(0, word.offsetByCodePoints(0, 1));
  }
}
