package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import chat.parley.model.MessageId;
import chat.parley.model.PresenceStatus;
import chat.parley.model.UserId;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads what clients send. Everything is bounded before it is built: bytes, nesting, numbers,
 * entries; what is wrong is said by field.
 */
final class FrameCodec {
  /**
   * Every type of a frame from a client. What is not named here is unknown whatever is done below,
   * so that this is the list by which a test asks of each who may send it.
   */
  static final Set<String> TYPES =
      Set.of(
          "hello",
          "message.send",
          "message.edit",
          "message.delete",
          "reaction.set",
          "receipt.delivered",
          "receipt.read",
          "sync",
          "typing",
          "presence.watch",
          "presence.set",
          "reauth",
          "ping");

  private static final int MAX_TOKEN_CHARACTERS = 8_192;
  private static final int DEFAULT_SYNC_LIMIT = 100;

  /** Users that one socket watches at most. */
  static final int MAX_WATCHED = 500;

  private final int maxFrameBytes;
  private final int maxSyncLimit;

  FrameCodec(int maxFrameBytes, int maxSyncLimit) {
    this.maxFrameBytes = maxFrameBytes;
    this.maxSyncLimit = maxSyncLimit;
  }

  /** The frame in this text. */
  ClientFrame parse(String text) throws BadFrame {
    if (isTooLarge(text)) {
      throw new BadFrame(
          null,
          new FailureException(
              Failure.PAYLOAD_TOO_LARGE, "a frame holds at most " + maxFrameBytes + " bytes"),
          true);
    }
    JsonObject frame = object(text);
    String id = id(frame);
    try {
      if (!(frame.getValue("t") instanceof String type)) {
        throw refused("t must be a string");
      }
      Object data = frame.getValue("d");
      if (data != null && !(data instanceof JsonObject)) {
        throw refused("d must be an object");
      }
      return typed(type, id, data == null ? new JsonObject() : (JsonObject) data);
    } catch (FailureException refusal) {
      throw new BadFrame(id, refusal, false);
    }
  }

  private boolean isTooLarge(String text) {
    if (text.length() > maxFrameBytes) {
      return true;
    }
    return text.length() > maxFrameBytes / 3 && ByteBufUtil.utf8Bytes(text) > maxFrameBytes;
  }

  private static JsonObject object(String text) throws BadFrame {
    return StrictJson.object(text)
        .orElseThrow(
            () ->
                new BadFrame(
                    null,
                    refused(
                        "a frame is one JSON object, each key once, of at most "
                            + StrictJson.MAX_DEPTH
                            + " levels"),
                    false));
  }

  private static String id(JsonObject frame) throws BadFrame {
    Object id = frame.getValue("id");
    if (id == null) {
      return null;
    }
    if (id instanceof String text
        && text.codePointCount(0, text.length()) <= Ids.MAX_LENGTH
        && StrictJson.isUnicode(text)) {
      return text;
    }
    throw new BadFrame(
        null, refused("id must be a string of at most " + Ids.MAX_LENGTH + " characters"), false);
  }

  private ClientFrame typed(String type, String id, JsonObject data) {
    if (!TYPES.contains(type)) {
      throw refused("unknown frame type");
    }
    return switch (type) {
      case "hello" -> new ClientFrame.Hello(id, token(data), cursors(data, false));
      case "message.send" -> send(id, data);
      case "message.edit" ->
          new ClientFrame.Amend(
              id, messageId(data), AmendCommand.edit(MessageBody.of(object(data, "body")), 0));
      case "message.delete" -> new ClientFrame.Amend(id, messageId(data), AmendCommand.delete());
      case "reaction.set" ->
          new ClientFrame.Amend(
              id, messageId(data), AmendCommand.reaction(string(data, "emoji"), flag(data, "on")));
      case "receipt.delivered" -> new ClientFrame.Delivered(id, cursors(data, true));
      case "receipt.read" ->
          new ClientFrame.Read(id, conversationId(data), number(data, "seq", null));
      case "sync" ->
          new ClientFrame.Sync(id, conversationId(data), number(data, "after", null), limit(data));
      case "typing" -> new ClientFrame.Typing(id, conversationId(data), flag(data, "on"));
      case "presence.watch" -> new ClientFrame.Watch(id, userIds(data));
      case "presence.set" -> new ClientFrame.SetPresence(id, status(data));
      case "reauth" -> new ClientFrame.Reauth(id, token(data));
      case "ping" -> new ClientFrame.Ping(id);
      default -> throw refused("unknown frame type");
    };
  }

  private int limit(JsonObject data) {
    long asked = number(data, "limit", (long) DEFAULT_SYNC_LIMIT);
    if (asked == 0) {
      throw refused("limit must be at least 1");
    }
    return (int) Math.min(maxSyncLimit, asked);
  }

  private static ClientFrame send(String id, JsonObject data) {
    ConversationId conversationId = conversationId(data);
    ClientMsgId clientMsgId;
    try {
      clientMsgId = new ClientMsgId(string(data, "clientMsgId"));
    } catch (IllegalArgumentException invalid) {
      throw refused(invalid.getMessage());
    }
    Object attachments = data.getValue("attachments");
    if (attachments != null && !(attachments instanceof JsonArray list && list.isEmpty())) {
      throw refused("attachments are not supported yet");
    }
    return new ClientFrame.Send(
        id,
        conversationId,
        clientMsgId,
        MessageBody.of(object(data, "body")),
        MessageBody.replyTo(data.getValue("replyTo"), conversationId));
  }

  private static Set<UserId> userIds(JsonObject data) {
    if (!(data.getValue("userIds") instanceof JsonArray ids) || ids.size() > MAX_WATCHED) {
      throw refused("userIds must be a list of at most " + MAX_WATCHED + " user ids");
    }
    Set<UserId> users = new LinkedHashSet<>();
    for (int i = 0; i < ids.size(); i++) {
      if (!(ids.getValue(i) instanceof String id) || !Ids.isValid(id)) {
        throw refused("userIds[" + i + "] must be a user id");
      }
      users.add(new UserId(id));
    }
    return users;
  }

  private static PresenceStatus status(JsonObject data) {
    return PresenceStatus.saidBy(string(data, "status"))
        .orElseThrow(
            () ->
                refused(
                    "status must be one of "
                        + String.join(
                            ", ",
                            PresenceStatus.OF_DEVICES.stream()
                                .map(PresenceStatus::wireName)
                                .toList())));
  }

  private static String token(JsonObject data) {
    String token = string(data, "token");
    if (token.length() > MAX_TOKEN_CHARACTERS) {
      throw new FailureException(Failure.UNAUTHENTICATED, "the token is too long");
    }
    return token;
  }

  private static Map<ConversationId, Long> cursors(JsonObject data, boolean required) {
    Object value = data.getValue("cursors");
    if (value == null && !required) {
      return Map.of();
    }
    if (!(value instanceof JsonObject entries)) {
      throw refused("cursors must be an object of changeSeq by conversation");
    }
    Map<ConversationId, Long> cursors = new HashMap<>();
    for (String key : entries.fieldNames()) {
      if (!Ids.isValid(key)) {
        throw refused("cursors holds a key that is no conversationId");
      }
      cursors.put(new ConversationId(key), number(entries, key, null));
    }
    return cursors;
  }

  private static ConversationId conversationId(JsonObject data) {
    try {
      return new ConversationId(string(data, "conversationId"));
    } catch (IllegalArgumentException invalid) {
      throw refused(invalid.getMessage());
    }
  }

  /** A text that names no message is not found, like one that nobody has sent. */
  private static MessageId messageId(JsonObject data) {
    return MessageId.parse(string(data, "messageId"))
        .orElseThrow(() -> new FailureException(Failure.NOT_FOUND, "no such message"));
  }

  private static JsonObject object(JsonObject data, String field) {
    Object value = data.getValue(field);
    if (value == null || value instanceof JsonObject) {
      return (JsonObject) value;
    }
    throw refused(field + " must be an object");
  }

  private static boolean flag(JsonObject data, String field) {
    if (data.getValue(field) instanceof Boolean flag) {
      return flag;
    }
    throw refused(field + " must be true or false");
  }

  private static String string(JsonObject data, String field) {
    if (data.getValue(field) instanceof String text) {
      return text;
    }
    throw refused(field + " must be a string");
  }

  private static long number(JsonObject data, String field, Long absent) {
    Object value = data.getValue(field);
    if (value == null && absent != null) {
      return absent;
    }
    if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
      return ((Number) value).longValue();
    }
    throw refused(field + " must be a whole number of at least 0");
  }

  private static FailureException refused(String detail) {
    return new FailureException(Failure.BAD_REQUEST, detail);
  }
}
