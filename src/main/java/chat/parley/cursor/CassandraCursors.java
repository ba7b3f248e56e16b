package chat.parley.cursor;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.turns.Parts;
import chat.parley.turns.Rounds;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Cursors as plain upserts whose timestamp is the cursor: no read, no condition, and a repeat is
 * free. All moves of one user in one call are one mutation.
 */
final class CassandraCursors implements Cursors {
  /** Of one mutation; a user with more moves at once gets several. */
  private static final int MAX_BATCH = 100;

  /** Users whose cursors are read at once; the session bounds the rest of the node. */
  private static final int READ_WIDTH = 32;

  private final CassandraSession session;
  private final PreparedStatement writeDelivered;
  private final PreparedStatement writeRead;
  private final PreparedStatement deliveredOfDevice;
  private final PreparedStatement readOfUser;
  private final PreparedStatement deliveredHere;
  private final PreparedStatement readHere;

  private CassandraCursors(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.writeDelivered = statements.get(0);
    this.writeRead = statements.get(1);
    this.deliveredOfDevice = statements.get(2);
    this.readOfUser = statements.get(3);
    this.deliveredHere = statements.get(4);
    this.readHere = statements.get(5);
  }

  static Future<Cursors> prepare(CassandraSession session) {
    List<Future<PreparedStatement>> statements =
        List.of(
            session.prepare(
                "UPDATE delivered USING TIMESTAMP :at SET change_seq = :change_seq, seq = :seq"
                    + " WHERE user_id = :user_id AND conversation_id = :conversation_id"
                    + " AND device_id = :device_id"),
            session.prepare(
                "UPDATE read_cursors USING TIMESTAMP :at SET seq = :seq"
                    + " WHERE user_id = :user_id AND conversation_id = :conversation_id"),
            // Filters the rows of one user's partition, at most conversations times devices.
            session.prepare(
                "SELECT conversation_id, change_seq FROM delivered"
                    + " WHERE user_id = :user_id AND device_id = :device_id ALLOW FILTERING"),
            session.prepare(
                "SELECT conversation_id, seq FROM read_cursors WHERE user_id = :user_id"),
            session.prepare(
                "SELECT device_id, seq FROM delivered"
                    + " WHERE user_id = :user_id AND conversation_id = :conversation_id"),
            session.prepare(
                "SELECT seq FROM read_cursors"
                    + " WHERE user_id = :user_id AND conversation_id = :conversation_id"));
    return Future.all(statements)
        .map(
            done ->
                new CassandraCursors(session, statements.stream().map(Future::result).toList()));
  }

  @Override
  public Future<Void> move(List<Delivered> delivered, List<Read> read) {
    Map<UserId, List<BatchableStatement<?>>> byUser = new HashMap<>();
    for (Delivered move : delivered) {
      if (move.changeSeq() > 0) {
        byUser.computeIfAbsent(move.userId(), any -> new ArrayList<>()).add(bind(move));
      }
    }
    for (Read move : read) {
      if (move.seq() > 0) {
        byUser.computeIfAbsent(move.userId(), any -> new ArrayList<>()).add(bind(move));
      }
    }
    List<Future<Void>> writes = new ArrayList<>(byUser.size());
    for (List<BatchableStatement<?>> moves : byUser.values()) {
      Parts.of(moves, MAX_BATCH).forEach(some -> writes.add(write(some)));
    }
    return Future.join(writes).mapEmpty();
  }

  @Override
  public Future<Map<ConversationId, Long>> deliveredTo(UserId user, DeviceId device) {
    BoundStatement statement =
        deliveredOfDevice
            .boundStatementBuilder()
            .setString("user_id", user.value())
            .setString("device_id", device.value())
            .build();
    return session
        .read("cursor.of_device", statement)
        .map(rows -> byConversation(rows, "change_seq"));
  }

  @Override
  public Future<Map<ConversationId, Long>> readBy(UserId user) {
    BoundStatement statement =
        readOfUser.boundStatementBuilder().setString("user_id", user.value()).build();
    return session.read("cursor.of_user", statement).map(rows -> byConversation(rows, "seq"));
  }

  @Override
  public Future<List<UserCursor>> of(ConversationId conversation, Collection<UserId> users) {
    return readOfEach(users, user -> one(conversation, user));
  }

  @Override
  public Future<List<DeviceCursor>> devicesOf(
      ConversationId conversation, Collection<UserId> users) {
    return readOfEach(users, user -> devices(conversation, user))
        .map(all -> all.stream().flatMap(List::stream).toList());
  }

  private static <T> Future<List<T>> readOfEach(
      Collection<UserId> users, Function<UserId, Future<T>> read) {
    List<UserId> all = List.copyOf(users);
    List<T> found = new ArrayList<>(all.size());
    return Rounds.whileMore(
            () -> {
              int from = found.size();
              List<Future<T>> reads =
                  all.subList(from, Math.min(all.size(), from + READ_WIDTH)).stream()
                      .map(read)
                      .toList();
              return Future.all(reads)
                  .map(
                      done -> {
                        reads.forEach(one -> found.add(one.result()));
                        return found.size() < all.size();
                      });
            })
        .map(found);
  }

  private Future<List<DeviceCursor>> devices(ConversationId conversation, UserId user) {
    return session
        .read("cursor.here", bind(deliveredHere, conversation, user))
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new DeviceCursor(
                                user, new DeviceId(row.getString("device_id")), row.getLong("seq")))
                    .toList());
  }

  private Future<UserCursor> one(ConversationId conversation, UserId user) {
    Future<Long> delivered = highest(deliveredHere, conversation, user);
    Future<Long> read = highest(readHere, conversation, user);
    return Future.all(delivered, read)
        .map(done -> new UserCursor(user, delivered.result(), read.result()));
  }

  private Future<Long> highest(
      PreparedStatement statement, ConversationId conversation, UserId user) {
    return session
        .read("cursor.here", bind(statement, conversation, user))
        .map(rows -> rows.stream().mapToLong(row -> row.getLong("seq")).max().orElse(0));
  }

  private static BoundStatement bind(
      PreparedStatement statement, ConversationId conversation, UserId user) {
    return statement
        .boundStatementBuilder()
        .setString("user_id", user.value())
        .setString("conversation_id", conversation.value())
        .build();
  }

  private Future<Void> write(List<BatchableStatement<?>> moves) {
    if (moves.size() == 1) {
      return session.write("cursor.move", moves.get(0));
    }
    return session.write(
        "cursor.move",
        BatchStatement.newInstance(DefaultBatchType.UNLOGGED)
            .addAll(moves.toArray(BatchableStatement[]::new))
            .setIdempotent(true));
  }

  private BoundStatement bind(Delivered move) {
    BoundStatementBuilder builder =
        writeDelivered
            .boundStatementBuilder()
            .setLong("at", move.changeSeq())
            .setLong("change_seq", move.changeSeq())
            .setString("user_id", move.userId().value())
            .setString("conversation_id", move.conversationId().value())
            .setString("device_id", move.deviceId().value());
    // Not known is left unset: a null would be a tombstone.
    if (move.seq() >= 0) {
      builder.setLong("seq", move.seq());
    }
    return builder.setIdempotence(true).build();
  }

  private BoundStatement bind(Read move) {
    return writeRead
        .boundStatementBuilder()
        .setLong("at", move.seq())
        .setLong("seq", move.seq())
        .setString("user_id", move.userId().value())
        .setString("conversation_id", move.conversationId().value())
        .setIdempotence(true)
        .build();
  }

  private static Map<ConversationId, Long> byConversation(List<Row> rows, String column) {
    Map<ConversationId, Long> cursors = new HashMap<>(2 * rows.size());
    for (Row row : rows) {
      cursors.put(new ConversationId(row.getString("conversation_id")), row.getLong(column));
    }
    return cursors;
  }
}
