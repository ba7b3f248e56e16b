package chat.parley.verify;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.LogScan.AmendmentRow;
import chat.parley.log.LogScan.ChangeRow;
import chat.parley.model.MessageId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/**
 * What a row says, as numbers that can be kept in great quantity: the first 64 bits of a SHA-256.
 */
final class Content {
  private Content() {}

  /** Whether the row is a message. */
  static boolean isMessage(ChangeRow row) {
    return row.type() == ChangeType.MESSAGE_NEW.code();
  }

  /** Whether this version knows the row's type; what it does not know it cannot judge. */
  static boolean isKnown(ChangeRow row) {
    return ChangeType.ofCode(row.type()).isPresent();
  }

  /** Of everything that readers of the change see; the same for a row and for its record. */
  static long digest(ChangeRow row) {
    return digest(
        row.type(), row.seq(), row.actorId(), row.subjectId(), row.committedAt(), row.payload());
  }

  /** As of its row. */
  static long digest(Change change) {
    return digest(
        change.type().code(),
        change.seq(),
        change.actorId().value(),
        change.subjectId() == null ? null : change.subjectId().value(),
        change.committedAt(),
        change.payload());
  }

  /** As of the row of the change that it repeats. */
  static long digest(AmendmentRow row) {
    return digest(row.type(), row.seq(), row.actorId(), null, row.committedAt(), row.payload());
  }

  private static long digest(
      int type, long seq, String actor, String subject, long at, byte[] payload) {
    MessageDigest sha = sha();
    sha.update(ByteBuffer.allocate(20).putInt(type).putLong(seq).putLong(at).flip());
    update(sha, actor);
    update(sha, subject);
    if (payload != null) {
      sha.update(payload);
    }
    return ByteBuffer.wrap(sha.digest()).getLong();
  }

  /** Of a send key; two sends with one key are one message. */
  static long key(String user, String device, String clientMsgId) {
    MessageDigest sha = sha();
    update(sha, user);
    update(sha, device);
    update(sha, clientMsgId);
    return ByteBuffer.wrap(sha.digest()).getLong();
  }

  /** What a message's payload says about itself. */
  record Sent(String user, String device, String clientMsgId) {
    long key() {
      return Content.key(user, device, clientMsgId);
    }
  }

  /**
   * Who sent a message.
   *
   * @return null where the payload is no message's
   */
  static Sent sent(ChangeRow row) {
    JsonObject json = json(row);
    JsonObject message = json == null ? null : objectIn(json, "message");
    if (message == null) {
      return null;
    }
    Object user = message.getValue("senderId");
    Object device = message.getValue("senderDeviceId");
    Object id = message.getValue("clientMsgId");
    return user instanceof String && device instanceof String && id instanceof String
        ? new Sent((String) user, (String) device, (String) id)
        : null;
  }

  /** Whether the row alters a message. */
  static boolean amends(ChangeRow row) {
    return ChangeType.ofCode(row.type()).map(ChangeType::amends).orElse(false);
  }

  /** The number of the message that the row alters; 0 where its payload does not say. */
  static long target(ChangeRow row) {
    JsonObject json = json(row);
    JsonObject message = json == null ? null : objectIn(json, "message");
    return message != null && message.getValue("messageId") instanceof String id
        ? MessageId.parse(id).map(MessageId::changeSeq).orElse(0L)
        : 0;
  }

  /** The role that a member change gives; null where its payload does not say. */
  static String role(ChangeRow row) {
    JsonObject json = json(row);
    JsonObject member = json == null ? null : objectIn(json, "member");
    return member != null && member.getValue("role") instanceof String role ? role : null;
  }

  /**
   * What a {@code conversation.updated} sets this to, in words; null for other changes and where it
   * does not set it.
   */
  static String update(ChangeRow row, String field) {
    if (row.type() != ChangeType.CONVERSATION_UPDATED.code()) {
      return null;
    }
    JsonObject json = json(row);
    JsonObject conversation = json == null ? null : objectIn(json, "conversation");
    Object value = conversation == null ? null : conversation.getValue(field);
    return value == null ? null : String.valueOf(value);
  }

  /** How many members there are after a change, in words; null where it does not say. */
  static String memberCount(ChangeRow row) {
    JsonObject json = isMessage(row) ? null : json(row);
    Object count = json == null ? null : json.getValue("memberCount");
    return count == null ? null : String.valueOf(count);
  }

  /** Whether the payload can be read and, where it says numbers, says this row's. */
  static boolean belongs(ChangeRow row) {
    JsonObject json = json(row);
    return json != null
        && says(json, "changeSeq", row.changeSeq())
        && says(json, "seq", row.seq())
        && (json.getValue("type") == null
            || ChangeType.ofCode(row.type())
                .map(type -> Objects.equals(type.wireName(), json.getValue("type")))
                .orElse(true));
  }

  private static boolean says(JsonObject json, String field, long number) {
    Object value = json.getValue(field);
    return value == null || value instanceof Number said && said.longValue() == number;
  }

  private static JsonObject objectIn(JsonObject json, String field) {
    return json.getValue(field) instanceof JsonObject object ? object : null;
  }

  private static JsonObject json(ChangeRow row) {
    try {
      return row.payload() == null ? null : new JsonObject(Buffer.buffer(row.payload()));
    } catch (DecodeException | ClassCastException unreadable) {
      return null;
    }
  }

  private static void update(MessageDigest sha, String text) {
    sha.update((byte) 0);
    if (text != null) {
      sha.update(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
