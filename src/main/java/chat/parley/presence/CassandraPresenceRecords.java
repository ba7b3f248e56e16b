package chat.parley.presence;

import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/** {@link PresenceRecords} in the table of {@code presence.cql}. */
final class CassandraPresenceRecords implements PresenceRecords {
  private static final int READS_AT_ONCE = 32;

  private final CassandraSession session;
  private final PreparedStatement select;
  private final PreparedStatement updateSeen;
  private final PreparedStatement updateVisible;

  private CassandraPresenceRecords(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.select = statements.get(0);
    this.updateSeen = statements.get(1);
    this.updateVisible = statements.get(2);
  }

  static Future<PresenceRecords> over(CassandraSession session) {
    return session
        .prepareAll(
            "SELECT last_seen_at, visible_to FROM presence WHERE user_id = :user_id",
            "UPDATE presence USING TIMESTAMP :at SET last_seen_at = :last_seen_at"
                + " WHERE user_id = :user_id",
            "UPDATE presence SET visible_to = :visible_to WHERE user_id = :user_id")
        .map(statements -> new CassandraPresenceRecords(session, statements));
  }

  @Override
  public Future<List<Stored>> of(Collection<UserId> users) {
    return readFrom(List.copyOf(new LinkedHashSet<>(users)), 0, new ArrayList<>(users.size()));
  }

  private Future<List<Stored>> readFrom(List<UserId> users, int start, List<Stored> found) {
    if (start >= users.size()) {
      return Future.succeededFuture(found);
    }
    int end = Math.min(users.size(), start + READS_AT_ONCE);
    List<Future<Stored>> reads = users.subList(start, end).stream().map(this::read).toList();
    return Future.all(reads)
        .compose(
            done -> {
              reads.forEach(read -> found.add(read.result()));
              return readFrom(users, end, found);
            });
  }

  private Future<Stored> read(UserId user) {
    return session
        .read("presence.find", select.bind().setString("user_id", user.value()))
        .map(
            rows ->
                rows.isEmpty()
                    ? new Stored(user, PresenceVisibility.USUAL, 0)
                    : stored(user, rows.get(0)));
  }

  private static Stored stored(UserId user, Row row) {
    String word = row.getString("visible_to");
    return new Stored(
        user,
        word == null ? PresenceVisibility.USUAL : PresenceVisibility.of(word),
        row.getLong("last_seen_at"));
  }

  @Override
  public Future<Void> seen(UserId user, long at) {
    return session.write(
        "presence.seen",
        updateSeen
            .bind()
            .setLong("at", at)
            .setLong("last_seen_at", at)
            .setString("user_id", user.value()));
  }

  @Override
  public Future<Void> show(UserId user, PresenceVisibility visibleTo) {
    return session.write(
        "presence.show",
        updateVisible
            .bind()
            .setString("visible_to", visibleTo.wireName())
            .setString("user_id", user.value()));
  }
}
