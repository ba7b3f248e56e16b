package chat.parley.gateway;

import chat.parley.model.PresenceStatus;
import chat.parley.model.UserId;
import io.vertx.core.json.JsonObject;

/** How presence looks to clients, in a frame and in REST's answer. */
final class PresenceJson {
  private PresenceJson() {}

  /**
   * A user's presence. {@code lastSeenAt} says when the last device went, and null where one is
   * there or nobody knows: whoever is there is seen now.
   */
  static JsonObject of(PresenceStatus status, long lastSeenAt) {
    boolean known = status == PresenceStatus.OFFLINE && lastSeenAt > 0;
    return new JsonObject()
        .put("status", status.wireName())
        .put("lastSeenAt", known ? ServerFrames.time(lastSeenAt) : null);
  }

  static String frame(UserId user, PresenceStatus status, long lastSeenAt) {
    return ServerFrames.of(
        "presence", new JsonObject().put("userId", user.value()).mergeIn(of(status, lastSeenAt)));
  }
}
