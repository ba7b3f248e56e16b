package chat.parley.ingest;

import chat.parley.bus.IngestMessages.Profile;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.SetReaction;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.MessageId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Encodes changes as clients see them, once; a message's body goes in as the edge made it. */
final class ChangeJson {
  private static final DateTimeFormatter RFC3339_MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private ChangeJson() {}

  /** A {@code message.new}. Ids have no character that JSON escapes. */
  static byte[] message(SendMessage send, Mentions mentions, long changeSeq, long seq, long at) {
    String time = time(at);
    String body = new String(send.body(), StandardCharsets.UTF_8);
    StringBuilder json =
        head(ChangeType.MESSAGE_NEW, send.conversationId(), changeSeq, seq, time, send.userId());
    json.append(",\"message\":{\"messageId\":\"")
        .append(new MessageId(send.conversationId(), changeSeq))
        .append("\",\"seq\":")
        .append(seq)
        .append(",\"senderId\":\"")
        .append(send.userId())
        .append("\",\"senderDeviceId\":\"")
        .append(send.deviceId())
        .append("\",\"clientMsgId\":\"")
        .append(send.clientMsgId())
        .append("\",\"createdAt\":\"")
        .append(time)
        .append("\",\"body\":")
        .append(body)
        .append(",\"attachments\":[]");
    append(json, mentions);
    if (send.replyTo() != null) {
      json.append(",\"replyTo\":").append(Json.encode(send.replyTo()));
    }
    return json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(StringBuilder json, Mentions mentions) {
    json.append(",\"mentions\":[");
    for (int i = 0; i < mentions.users().size(); i++) {
      json.append(i == 0 ? "\"" : ",\"").append(mentions.users().get(i)).append('"');
    }
    json.append(mentions.channel() ? "],\"mentionsChannel\":true" : "]");
  }

  /** {@code mentions}, and {@code mentionsChannel} where it is so. */
  static JsonObject mentions(Mentions mentions) {
    JsonArray users = new JsonArray();
    mentions.users().forEach(user -> users.add(user.value()));
    JsonObject json = new JsonObject().put("mentions", users);
    return mentions.channel() ? json.put("mentionsChannel", true) : json;
  }

  /** An edit or a delete: the whole message as it leaves it. */
  static byte[] amendment(AmendDraft draft, JsonObject message, long changeSeq, long seq, long at) {
    return with(
        head(
            draft.type(),
            draft.command().conversationId(),
            changeSeq,
            seq,
            time(at),
            draft.actorId()),
        "message",
        message);
  }

  /** A reaction: which message, which emoji, and whether it is set. */
  static byte[] reaction(
      AmendDraft.Reaction draft, long messageSeq, long changeSeq, long seq, long at) {
    SetReaction command = draft.command();
    MessageId id = new MessageId(command.conversationId(), command.target());
    return head(draft.type(), command.conversationId(), changeSeq, seq, time(at), command.actorId())
        .append(",\"message\":{\"messageId\":\"")
        .append(id)
        .append("\",\"seq\":")
        .append(messageSeq)
        .append("},\"reaction\":{\"emoji\":\"")
        .append(command.emoji())
        .append("\",\"on\":")
        .append(command.on())
        .append("}}")
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What became of a member.
   *
   * @param role null where the member left
   * @param memberCount how many there are afterwards
   */
  record Moved(Profile member, Role role, int memberCount) {
    private JsonObject memberJson() {
      JsonObject json =
          new JsonObject()
              .put("userId", member.userId().value())
              .put("handle", member.handle())
              .put("displayName", member.displayName());
      return role == null ? json : json.put("role", role.wireName());
    }
  }

  /** A member change. */
  static byte[] member(
      ChangeType type,
      ConversationId conversation,
      UserId actor,
      Moved moved,
      long changeSeq,
      long seq,
      long at) {
    return with(
        head(type, conversation, changeSeq, seq, time(at), actor)
            .append(",\"memberCount\":")
            .append(moved.memberCount()),
        "member",
        moved.memberJson());
  }

  /** What is new about the conversation. */
  static byte[] update(
      ConversationId conversation,
      UserId actor,
      ConversationPatch patch,
      long changeSeq,
      long seq,
      long at) {
    return with(
        head(ChangeType.CONVERSATION_UPDATED, conversation, changeSeq, seq, time(at), actor),
        "conversation",
        PatchJson.write(patch));
  }

  private static byte[] with(StringBuilder head, String field, JsonObject content) {
    return head.append(",\"")
        .append(field)
        .append("\":")
        .append(content.encode())
        .append('}')
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static StringBuilder head(
      ChangeType type,
      ConversationId conversation,
      long changeSeq,
      long seq,
      String time,
      UserId actor) {
    return new StringBuilder(512)
        .append("{\"type\":\"")
        .append(type.wireName())
        .append("\",\"conversationId\":\"")
        .append(conversation)
        .append("\",\"changeSeq\":")
        .append(changeSeq)
        .append(",\"seq\":")
        .append(seq)
        .append(",\"at\":\"")
        .append(time)
        .append("\",\"actorId\":\"")
        .append(actor)
        .append('"');
  }

  static String time(long at) {
    return RFC3339_MILLIS.format(Instant.ofEpochMilli(at));
  }
}
