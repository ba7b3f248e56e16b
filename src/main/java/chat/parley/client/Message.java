package chat.parley.client;

import io.vertx.core.json.JsonObject;

/** A message as a client sees it. {@code replyTo} is null where it answers nothing. */
public record Message(
    String messageId,
    long seq,
    String senderId,
    String senderDeviceId,
    String clientMsgId,
    String createdAt,
    String text,
    String replyTo) {

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
        json.getString("replyTo"));
  }
}
