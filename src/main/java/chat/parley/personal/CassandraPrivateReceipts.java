package chat.parley.personal;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.ReceiptChoice;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link PrivateReceipts} in Cassandra. */
final class CassandraPrivateReceipts implements PrivateReceipts {
  private static final String EVERYWHERE = "*";
  private static final byte AS_FOR_ALL = 0;
  private static final byte PRIVATE = 1;
  private static final byte TOLD = 2;

  private final CassandraSession session;
  private final PreparedStatement choose;
  private final PreparedStatement selectOfUser;

  private CassandraPrivateReceipts(CassandraSession session, List<PreparedStatement> statements) {
    this.session = session;
    this.choose = statements.get(0);
    this.selectOfUser = statements.get(1);
  }

  static Future<PrivateReceipts> prepare(CassandraSession session) {
    return session
        .prepareAll(
            "UPDATE private_receipts SET choice = ? WHERE user_id = ? AND conversation_id = ?",
            "SELECT conversation_id, choice FROM private_receipts WHERE user_id = ?")
        .map(statements -> new CassandraPrivateReceipts(session, statements));
  }

  @Override
  public Future<Choices> of(UserId user) {
    return session
        .read("private_receipts.of_user", selectOfUser.bind(user.value()))
        .map(rows -> rows.isEmpty() ? Choices.NONE : choices(rows));
  }

  private static Choices choices(List<Row> rows) {
    boolean everywhere = false;
    Map<ConversationId, Boolean> here = new HashMap<>();
    for (Row row : rows) {
      String conversation = row.getString("conversation_id");
      byte choice = row.getByte("choice");
      if (conversation.equals(EVERYWHERE)) {
        everywhere = choice == PRIVATE;
      } else if (choice != AS_FOR_ALL) {
        here.put(new ConversationId(conversation), choice == PRIVATE);
      }
    }
    return new Choices(everywhere, here);
  }

  @Override
  public Future<Void> everywhere(UserId user, boolean hidden) {
    return write(user, EVERYWHERE, hidden ? PRIVATE : TOLD);
  }

  @Override
  public Future<Void> here(UserId user, ConversationId conversation, ReceiptChoice choice) {
    byte stored =
        switch (choice) {
          case AS_FOR_ALL -> AS_FOR_ALL;
          case PRIVATE -> PRIVATE;
          case TOLD -> TOLD;
        };
    return write(user, conversation.value(), stored);
  }

  private Future<Void> write(UserId user, String conversation, byte choice) {
    return session.write(
        "private_receipts.choose",
        choose.bind(choice, user.value(), conversation).setIdempotent(true));
  }
}
