package chat.parley.client;

import io.vertx.core.json.JsonObject;

/** What one user, the change's actor, does to a message: one emoji, set or taken back. */
public record Reaction(String messageId, String emoji, boolean on) {
  static Reaction from(JsonObject change) {
    JsonObject reaction = change.getJsonObject("reaction");
    return new Reaction(
        change.getJsonObject("message").getString("messageId"),
        reaction.getString("emoji"),
        reaction.getBoolean("on"));
  }
}
