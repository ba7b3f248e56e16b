package chat.parley.client;

import io.vertx.core.json.JsonObject;

/**
 * The server's promise about one sent message, or about what was done to one: durable under these
 * numbers. The latter has no clientMsgId and no createdAt, and its changeSeq is of the change that
 * made the message so.
 *
 * @param durability {@code persisted} or {@code buffered}
 * @param replayed true if the server had stored this clientMsgId before and repeats its first
 *     answer
 */
public record Ack(
    String conversationId,
    String clientMsgId,
    String messageId,
    long seq,
    long changeSeq,
    String createdAt,
    String durability,
    boolean replayed) {

  static Ack from(JsonObject data) {
    return new Ack(
        data.getString("conversationId"),
        data.getString("clientMsgId"),
        data.getString("messageId"),
        data.getLong("seq"),
        data.getLong("changeSeq"),
        data.getString("createdAt"),
        data.getString("durability"),
        Boolean.TRUE.equals(data.getBoolean("replayed")));
  }
}
