package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@link ShardEpochs} in Cassandra. */
final class CassandraShardEpochs implements ShardEpochs {
  private final CassandraSession session;
  private final PreparedStatement selectAll;
  private final PreparedStatement insertFirst;
  private final PreparedStatement bump;
  private final PreparedStatement release;
  private final PreparedStatement beat;
  private final PreparedStatement selectBeats;

  private CassandraShardEpochs(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.selectAll = statements.get(0);
    this.insertFirst = statements.get(1);
    this.bump = statements.get(2);
    this.release = statements.get(3);
    this.beat = statements.get(4);
    this.selectBeats = statements.get(5);
  }

  static Future<ShardEpochs> over(CassandraSession session) {
    return session
        .prepareAll(
            "SELECT shard, epoch, owner FROM shard_epoch",
            "INSERT INTO shard_epoch (shard, epoch, owner) VALUES (?, ?, ?) IF NOT EXISTS",
            "UPDATE shard_epoch SET epoch = ?, owner = ? WHERE shard = ? IF epoch = ?",
            "UPDATE shard_epoch SET owner = '' WHERE shard = ? IF epoch = ? AND owner = ?",
            "INSERT INTO node_beat (node, beat) VALUES (?, ?)",
            "SELECT node, beat FROM node_beat")
        .map(statements -> new CassandraShardEpochs(session, statements));
  }

  @Override
  public Future<List<Register>> all() {
    return session
        .read("shard_epochs", selectAll.bind())
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new Register(
                                row.getInt("shard"), row.getLong("epoch"), row.getString("owner")))
                    .toList());
  }

  @Override
  public Future<Boolean> take(int shard, long seen, String owner) {
    // Not idempotent: the driver must not repeat a conditional write whose outcome it does not
    // know.
    return session.applied(
        "shard_take",
        seen == 0
            ? insertFirst.bind(shard, 1L, owner).setIdempotent(false)
            : bump.bind(seen + 1, owner, shard, seen).setIdempotent(false));
  }

  @Override
  public Future<Boolean> release(int shard, long epoch, String owner) {
    return session.applied("shard_release", release.bind(shard, epoch, owner).setIdempotent(false));
  }

  @Override
  public Future<Void> beat(String node, long value) {
    return session.write("node_beat", beat.bind(node, value));
  }

  @Override
  public Future<Map<String, Long>> beats() {
    return session
        .read("node_beats", selectBeats.bind())
        .map(
            rows ->
                rows.stream()
                    .collect(
                        Collectors.toMap(
                            row -> row.getString("node"), row -> row.getLong("beat"))));
  }
}
