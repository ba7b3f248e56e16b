package chat.parley.client;

import io.vertx.core.json.JsonObject;

/**
 * A member types, or does no more.
 *
 * @param expiresInMs what is not said again in so long is over
 */
public record Typing(String conversationId, String userId, boolean on, long expiresInMs) {
  static Typing from(JsonObject data) {
    return new Typing(
        data.getString("conversationId"),
        data.getString("userId"),
        data.getBoolean("on", false),
        data.getLong("expiresInMs", 0L));
  }
}
