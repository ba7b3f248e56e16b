package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@link InboxRows} in Cassandra. All notes of one user in one call are one mutation. The number of
 * a change is the timestamp of what is written for it. Of a row that follows it that is the number
 * and one: of equals Cassandra would keep {@code by_head = true}, whatever comes later, and the
 * next change outweighs both. Of the times of a message that is noted twice it keeps the one that
 * is known, for it is the higher one.
 */
final class CassandraInboxRows implements InboxRows {
  /** Of one mutation. */
  private static final int MAX_BATCH = 100;

  /** Mutations under way at once; the session bounds the rest of the node. */
  private static final int WIDTH = 64;

  private static final String COLUMNS =
      "conversation_id, change_seq, seq, message_change_seq, message_at, joined_change_seq,"
          + " joined_seq, joined_at, by_head";

  private final CassandraSession session;
  private final PreparedStatement follow;
  private final PreparedStatement message;
  private final PreparedStatement join;
  private final PreparedStatement askHead;
  private final PreparedStatement selectOfUser;
  private final PreparedStatement selectOne;

  private CassandraInboxRows(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.follow = statements.get(0);
    this.message = statements.get(1);
    this.join = statements.get(2);
    this.askHead = statements.get(3);
    this.selectOfUser = statements.get(4);
    this.selectOne = statements.get(5);
  }

  static Future<InboxRows> prepare(CassandraSession session) {
    String row = " WHERE user_id = ? AND conversation_id = ?";
    return session
        .prepareAll(
            "UPDATE inbox USING TIMESTAMP ? SET change_seq = ?, seq = ?, by_head = false" + row,
            "UPDATE inbox USING TIMESTAMP ? SET message_change_seq = ?, message_at = ?" + row,
            "UPDATE inbox USING TIMESTAMP ? SET joined_change_seq = ?, joined_seq = ?, joined_at = ?"
                + row,
            "UPDATE inbox USING TIMESTAMP ? SET by_head = true" + row,
            "SELECT " + COLUMNS + " FROM inbox WHERE user_id = ?",
            "SELECT " + COLUMNS + " FROM inbox" + row)
        .map(statements -> new CassandraInboxRows(session, statements));
  }

  @Override
  public Future<Void> note(Collection<InboxNote> notes) {
    Map<UserId, List<BatchableStatement<?>>> byUser = new HashMap<>();
    for (InboxNote note : notes) {
      bind(note, byUser.computeIfAbsent(note.userId(), any -> new ArrayList<>()));
    }
    List<List<BatchableStatement<?>>> mutations = new ArrayList<>(byUser.size());
    for (List<BatchableStatement<?>> own : byUser.values()) {
      for (int from = 0; from < own.size(); from += MAX_BATCH) {
        mutations.add(own.subList(from, Math.min(own.size(), from + MAX_BATCH)));
      }
    }
    return writeFrom(mutations, 0);
  }

  private Future<Void> writeFrom(List<List<BatchableStatement<?>>> mutations, int from) {
    if (from >= mutations.size()) {
      return Future.succeededFuture();
    }
    int to = Math.min(mutations.size(), from + WIDTH);
    return Future.join(mutations.subList(from, to).stream().map(this::write).toList())
        .compose(written -> writeFrom(mutations, to));
  }

  private Future<Void> write(List<BatchableStatement<?>> mutation) {
    if (mutation.size() == 1) {
      return session.write("inbox.note", mutation.get(0));
    }
    return session.write(
        "inbox.note",
        BatchStatement.newInstance(DefaultBatchType.UNLOGGED)
            .addAll(mutation.toArray(BatchableStatement[]::new))
            .setIdempotent(true));
  }

  private void bind(InboxNote note, List<BatchableStatement<?>> statements) {
    String user = note.userId().value();
    String conversation = note.conversationId().value();
    if (note.position() != null) {
      Position at = note.position();
      statements.add(
          idempotent(
              follow.bind(at.changeSeq() + 1, at.changeSeq(), at.seq(), user, conversation)));
    }
    if (note.message() != null) {
      InboxNote.Happened last = note.message();
      statements.add(
          idempotent(
              message.bind(last.changeSeq(), last.changeSeq(), last.at(), user, conversation)));
    }
    if (note.join() != null) {
      InboxNote.Happened own = note.join();
      statements.add(
          idempotent(
              join.bind(
                  own.changeSeq(), own.changeSeq(), own.seq(), own.at(), user, conversation)));
    }
    if (note.byHeadFrom() > 0) {
      statements.add(idempotent(askHead.bind(note.byHeadFrom(), user, conversation)));
    }
  }

  private static BoundStatement idempotent(BoundStatement statement) {
    return statement.setIdempotent(true);
  }

  @Override
  public Future<Map<ConversationId, InboxRow>> ofUser(UserId user) {
    return session
        .read("inbox.of_user", selectOfUser.bind(user.value()))
        .map(
            rows -> {
              Map<ConversationId, InboxRow> found = new HashMap<>(2 * rows.size());
              for (Row row : rows) {
                InboxRow one = row(row);
                found.put(one.conversationId(), one);
              }
              return found;
            });
  }

  @Override
  public Future<Optional<InboxRow>> of(UserId user, ConversationId conversation) {
    return session
        .read("inbox.one", selectOne.bind(user.value(), conversation.value()))
        .map(rows -> rows.stream().findFirst().map(CassandraInboxRows::row));
  }

  /** Numbers that were never written read as 0. */
  private static InboxRow row(Row row) {
    return new InboxRow(
        new ConversationId(row.getString("conversation_id")),
        new Position(row.getLong("change_seq"), row.getLong("seq")),
        row.getLong("message_change_seq"),
        row.getLong("message_at"),
        row.getLong("joined_change_seq"),
        row.getLong("joined_seq"),
        row.getLong("joined_at"),
        row.getBoolean("by_head") || row.getLong("change_seq") == 0);
  }
}
