package chat.parley.client;

import io.vertx.core.json.JsonObject;

/** A user as the directory shows it. */
public record Profile(String userId, String handle, String displayName) {

  static Profile from(JsonObject json) {
    return new Profile(
        json.getString("userId"), json.getString("handle"), json.getString("displayName"));
  }
}
