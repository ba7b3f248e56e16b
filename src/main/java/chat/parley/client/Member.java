package chat.parley.client;

import io.vertx.core.json.JsonObject;

/**
 * A member of a conversation, in a change or on a members page. {@code joinedChangeSeq} is -1 where
 * it is not told.
 */
public record Member(
    String userId, String handle, String displayName, String role, long joinedChangeSeq) {

  static Member from(JsonObject json) {
    return new Member(
        json.getString("userId"),
        json.getString("handle"),
        json.getString("displayName"),
        json.getString("role"),
        json.getLong("joinedChangeSeq", -1L));
  }
}
