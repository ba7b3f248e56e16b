package chat.parley.client;

import io.vertx.core.json.JsonObject;

/**
 * A watched user's presence.
 *
 * @param status {@code online}, {@code away} or {@code offline}; offline too where this user may
 *     not be seen
 * @param lastSeenAt when their last device went, as the server wrote it; null where one is there or
 *     it is not known
 */
public record Presence(String userId, String status, String lastSeenAt) {
  static Presence from(JsonObject data) {
    return new Presence(
        data.getString("userId"), data.getString("status"), data.getString("lastSeenAt"));
  }
}
