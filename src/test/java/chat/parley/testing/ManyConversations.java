package chat.parley.testing;

import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.DeviceId;
import chat.parley.model.Position;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxNote.Happened;
import chat.parley.personal.InboxRows;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Groups of two with one message each, that have been at rest for long: put into the store as the
 * stages would have left them, because to make thousands by REST takes minutes.
 */
public final class ManyConversations {
  private static final int AT_ONCE = 50;
  private static final long LONG_AGO = 1_700_000_000_000L;
  private static final Happened FIRST = new Happened(1, 1, LONG_AGO);

  private final CassandraSession session;
  private final Conversations conversations;
  private final Cursors cursors;
  private final InboxRows rows;

  /** Over the keyspace of a running server. */
  public ManyConversations(CassandraSession session) {
    this.session = session;
    this.conversations = Await.join(Conversations.over(session));
    this.cursors = Await.join(Cursors.over(session));
    this.rows = Await.join(InboxRows.over(session));
  }

  /** The ids of so many; {@code device} of the second user has all of it. */
  public List<String> make(int count, String owner, String member, String device) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(UUID.randomUUID().toString());
    }
    for (int from = 0; from < count; from += AT_ONCE) {
      Await.join(
          Future.all(
              ids.subList(from, Math.min(count, from + AT_ONCE)).stream()
                  .map(ConversationId::new)
                  .map(id -> one(id, new UserId(owner), new UserId(member), new DeviceId(device)))
                  .toList()));
    }
    return ids;
  }

  private Future<Void> one(ConversationId id, UserId owner, UserId member, DeviceId device) {
    return conversations
        .create(
            new Conversation(
                id,
                ConversationType.GROUP,
                null,
                owner,
                LONG_AGO,
                AckMode.PERSISTED,
                ConversationSettings.NONE))
        .compose(
            made ->
                Future.all(
                    List.of(
                        join(id, owner),
                        join(id, member),
                        message(id, owner),
                        mark(id),
                        rows.note(List.of(row(id, owner), row(id, member))),
                        cursors.move(
                            List.of(new Cursors.Delivered(member, device, id, 1, 1)),
                            List.of(new Cursors.Read(member, id, 1))))))
        .mapEmpty();
  }

  private Future<Void> join(ConversationId id, UserId user) {
    return conversations.record(id, new Stint(user, Role.OWNER, 0, Stint.STILL_THERE), 0);
  }

  private static InboxNote row(ConversationId id, UserId user) {
    return new InboxNote(user, id, new Position(1, 1), FIRST, null, 0);
  }

  private Future<Void> mark(ConversationId id) {
    return session.write(
        "test",
        SimpleStatement.newInstance(
            "INSERT INTO published (conversation_id, change_seq, seq, bucket, bucket_first)"
                + " VALUES (?, 1, 1, 0, 1) USING TIMESTAMP 1",
            id.value()));
  }

  private Future<Void> message(ConversationId id, UserId sender) {
    JsonObject message =
        new JsonObject()
            .put("messageId", id + ".1")
            .put("seq", 1)
            .put("senderId", sender.value())
            .put("senderDeviceId", "d")
            .put("clientMsgId", "first")
            .put("createdAt", "2023-11-14T22:13:20.000Z")
            .put("body", new JsonObject().put("text", "long ago"));
    JsonObject payload =
        new JsonObject()
            .put("type", "message.new")
            .put("conversationId", id.value())
            .put("changeSeq", 1)
            .put("seq", 1)
            .put("at", "2023-11-14T22:13:20.000Z")
            .put("actorId", sender.value())
            .put("message", message);
    return session.write(
        "test",
        SimpleStatement.newInstance(
            "INSERT INTO changes (conversation_id, bucket, change_seq, epoch, group_first,"
                + " group_length, closes_bucket, seq, type, actor_id, committed_at, body_hash,"
                + " payload) VALUES (?, 0, 1, 1, 1, 1, false, 1, 1, ?, ?, 0, ?)",
            id.value(),
            sender.value(),
            LONG_AGO,
            ByteBuffer.wrap(payload.encode().getBytes(StandardCharsets.UTF_8))));
  }
}
