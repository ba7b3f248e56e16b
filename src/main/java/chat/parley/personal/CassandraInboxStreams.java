package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.kafka.Continuity;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * {@link InboxStreams} in Cassandra. Gaps are only added, and removed by their ids, so that nobody
 * who removes what they have mended takes away what came meanwhile.
 */
final class CassandraInboxStreams implements InboxStreams {
  /**
   * No id comes twice, so its removal may outweigh everything: also a clock that was ahead when it
   * was added. The year 2100, in microseconds.
   */
  private static final long LAST = 4_102_444_800_000_000L;

  private final CassandraSession session;
  private final PreparedStatement selectOne;
  private final PreparedStatement selectAll;
  private final PreparedStatement addPartitions;
  private final PreparedStatement setTopic;
  private final PreparedStatement addGaps;
  private final PreparedStatement removeGaps;

  private CassandraInboxStreams(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.selectOne = statements.get(0);
    this.selectAll = statements.get(1);
    this.addPartitions = statements.get(2);
    this.setTopic = statements.get(3);
    this.addGaps = statements.get(4);
    this.removeGaps = statements.get(5);
  }

  static Future<InboxStreams> prepare(CassandraSession session) {
    return session
        .prepareAll(
            "SELECT topic_id, partitions, gaps FROM inbox_streams WHERE stream = ?",
            "SELECT stream, gaps FROM inbox_streams",
            "UPDATE inbox_streams SET partitions = partitions + ? WHERE stream = ?",
            "UPDATE inbox_streams SET topic_id = ? WHERE stream = ?",
            "UPDATE inbox_streams SET gaps = gaps + ? WHERE stream = ?",
            "UPDATE inbox_streams USING TIMESTAMP "
                + LAST
                + " SET gaps = gaps - ? WHERE stream = ?")
        .map(statements -> new CassandraInboxStreams(session, statements));
  }

  @Override
  public Continuity of(String stream) {
    return new OfStream(stream);
  }

  @Override
  public Future<Map<String, Set<UUID>>> gaps() {
    return session
        .read("inbox_streams.all", selectAll.bind())
        .map(
            rows -> {
              Map<String, Set<UUID>> found = new HashMap<>();
              for (Row row : rows) {
                found.put(row.getString("stream"), row.getSet("gaps", UUID.class));
              }
              return found;
            });
  }

  @Override
  public Future<Void> mended(Map<String, Set<UUID>> gaps) {
    return Future.all(
            gaps.entrySet().stream()
                .filter(some -> !some.getValue().isEmpty())
                .map(some -> write(removeGaps.bind(some.getValue(), some.getKey())))
                .toList())
        .mapEmpty();
  }

  private Future<Void> write(BoundStatement statement) {
    return session.write("inbox_streams.note", statement.setIdempotent(true));
  }

  private final class OfStream implements Continuity {
    private final String stream;

    private OfStream(String stream) {
      this.stream = stream;
    }

    @Override
    public Future<Known> known() {
      return session
          .read("inbox_streams.one", selectOne.bind(stream))
          .map(
              rows ->
                  rows.stream()
                      .findFirst()
                      .map(
                          row ->
                              new Known(
                                  row.getString("topic_id"),
                                  row.getSet("partitions", Integer.class),
                                  !row.getSet("gaps", UUID.class).isEmpty()))
                      .orElse(new Known(null, Set.of(), false)));
    }

    @Override
    public Future<Void> followed(Set<Integer> partitions) {
      return write(addPartitions.bind(partitions, stream));
    }

    @Override
    public Future<Void> followed(String topicId) {
      return write(setTopic.bind(topicId, stream));
    }

    @Override
    public Future<Void> missed() {
      return write(addGaps.bind(Set.of(UUID.randomUUID()), stream));
    }
  }
}
