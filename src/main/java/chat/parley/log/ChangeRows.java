package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;

/** The one place where rows of {@code changes} become objects. */
final class ChangeRows {
  /** The columns that {@link #change} needs. */
  static final String CHANGE_COLUMNS =
      "change_seq, epoch, seq, type, actor_id, subject_id, large_since, committed_at, payload";

  /** The columns that {@link #logRow} needs. */
  static final String ALL_COLUMNS =
      CHANGE_COLUMNS + ", group_first, group_length, closes_bucket, body_hash";

  private ChangeRows() {}

  static Change change(ConversationId conversation, Row row) {
    String subject = row.getString("subject_id");
    return change(conversation, row, subject == null ? null : new UserId(subject))
        .largeSince(row.getLong("large_since")); // 0 where nothing is stored
  }

  /** The change in a row of {@code amendments}: of a message, so about no member. */
  static Change amendment(ConversationId conversation, Row row) {
    return change(conversation, row, null);
  }

  private static Change change(ConversationId conversation, Row row, UserId subject) {
    int code = row.getByte("type");
    return new Change(
        conversation,
        row.getLong("change_seq"),
        row.getLong("seq"),
        ChangeType.ofCode(code)
            .orElseThrow(() -> new DamagedLogException("unknown change type " + code)),
        new UserId(row.getString("actor_id")),
        subject,
        row.getLong("committed_at"),
        bytes(row.getByteBuffer("payload")));
  }

  static LogRow logRow(ConversationId conversation, int bucket, Row row) {
    Change change = StoredMentions.restore(change(conversation, row));
    return new LogRow(
        bucket,
        row.getLong("epoch"),
        row.getLong("group_first"),
        row.getInt("group_length"),
        row.getBoolean("closes_bucket"),
        change,
        change.type().isMessage() ? sendKey(change, row.getLong("body_hash")) : null);
  }

  /** Who sent a message, under which id of their own: read out of its payload. */
  static SendKey sendKey(Change message, long bodyHash) {
    JsonObject json = new JsonObject(Buffer.buffer(message.payload())).getJsonObject("message");
    return new SendKey(
        new UserId(json.getString("senderId")),
        new DeviceId(json.getString("senderDeviceId")),
        new ClientMsgId(json.getString("clientMsgId")),
        bodyHash);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
