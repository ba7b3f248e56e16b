package chat.parley.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A message as a client sees it.
 *
 * @param text null of a deleted one
 * @param replyTo null where it answers nothing
 * @param editedAt null where it was never edited
 * @param mentions the users whom it calls
 * @param mentionsChannel whether it calls everybody
 * @param reactions users by emoji, both in the order in which they came
 * @param version the changeSeq of the last change of this message; 0 where the server did not say:
 *     the message is as it was sent
 */
public record Message(
    String messageId,
    long seq,
    String senderId,
    String senderDeviceId,
    String clientMsgId,
    String createdAt,
    String text,
    String replyTo,
    String editedAt,
    boolean deleted,
    List<String> mentions,
    boolean mentionsChannel,
    Map<String, List<String>> reactions,
    long version) {

  /** A message as it was sent, which calls nobody. */
  public Message(
      String messageId,
      long seq,
      String senderId,
      String senderDeviceId,
      String clientMsgId,
      String createdAt,
      String text,
      String replyTo) {
    this(
        messageId,
        seq,
        senderId,
        senderDeviceId,
        clientMsgId,
        createdAt,
        text,
        replyTo,
        null,
        false,
        List.of(),
        false,
        Map.of(),
        0);
  }

  static Message from(JsonObject json) {
    JsonObject body = json.getJsonObject("body");
    return new Message(
        json.getString("messageId"),
        json.getLong("seq"),
        json.getString("senderId"),
        json.getString("senderDeviceId"),
        json.getString("clientMsgId"),
        json.getString("createdAt"),
        body == null ? null : body.getString("text"),
        json.getString("replyTo"),
        json.getString("editedAt"),
        Boolean.TRUE.equals(json.getBoolean("deleted")),
        strings(json.getJsonArray("mentions")),
        Boolean.TRUE.equals(json.getBoolean("mentionsChannel")),
        reactions(json.getJsonObject("reactions")),
        json.getLong("version", 0L));
  }

  private static Map<String, List<String>> reactions(JsonObject json) {
    Map<String, List<String>> reactions = new LinkedHashMap<>();
    if (json != null) {
      json.fieldNames().forEach(emoji -> reactions.put(emoji, strings(json.getJsonArray(emoji))));
    }
    return reactions;
  }

  private static List<String> strings(JsonArray array) {
    return array == null ? List.of() : array.stream().map(String.class::cast).toList();
  }

  /**
   * Whether both are one message and do not contradict each other: one may be of before an edit, a
   * delete or a reaction, and an ack does not say whom the message calls.
   */
  boolean isSameAs(Message other) {
    boolean sameText = Objects.equals(text, other.text);
    return messageId.equals(other.messageId)
        && seq == other.seq
        && Objects.equals(senderId, other.senderId)
        && Objects.equals(senderDeviceId, other.senderDeviceId)
        && Objects.equals(clientMsgId, other.clientMsgId)
        && Objects.equals(createdAt, other.createdAt)
        && Objects.equals(replyTo, other.replyTo)
        && (sameText || deleted != other.deleted || !Objects.equals(editedAt, other.editedAt));
  }

  /** The same message with these reactions, as of this version. */
  Message with(Map<String, List<String>> otherReactions, long otherVersion) {
    return new Message(
        messageId,
        seq,
        senderId,
        senderDeviceId,
        clientMsgId,
        createdAt,
        text,
        replyTo,
        editedAt,
        deleted,
        mentions,
        mentionsChannel,
        otherReactions,
        otherVersion);
  }

  /** The same message after a reaction. */
  Message after(Change reaction) {
    Map<String, List<String>> next = new LinkedHashMap<>(reactions);
    String emoji = reaction.reaction().emoji();
    List<String> users = new ArrayList<>(next.getOrDefault(emoji, List.of()));
    users.remove(reaction.actorId());
    if (reaction.reaction().on()) {
      users.add(reaction.actorId());
    }
    if (users.isEmpty()) {
      next.remove(emoji);
    } else {
      next.put(emoji, users);
    }
    return with(next, reaction.changeSeq());
  }
}
