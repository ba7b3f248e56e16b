package chat.parley.client;

import io.vertx.core.json.JsonObject;

/** One device's sign-in. Its text form leaves the tokens out. */
public record Session(
    String userId, String deviceId, String accessToken, String expiresAt, String refreshToken) {

  /** Reads an answer of the sessions calls; what a refresh leaves out stays as it was. */
  static Session from(JsonObject json, Session before) {
    return new Session(
        json.getString("userId", before == null ? null : before.userId),
        json.getString("deviceId", before == null ? null : before.deviceId),
        json.getString("accessToken"),
        json.getString("expiresAt"),
        json.getString("refreshToken", before == null ? null : before.refreshToken));
  }

  @Override
  public String toString() {
    return "Session[userId=" + userId + ", deviceId=" + deviceId + ", expiresAt=" + expiresAt + "]";
  }
}
