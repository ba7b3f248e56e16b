package chat.parley.ingest;

import chat.parley.model.ConversationPatch;
import chat.parley.model.HistoryVisibility;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** A patch as the {@code conversation} of a change: what it does not set is not there. */
final class PatchJson {
  private static final String TITLE = "title";
  private static final String TOPIC = "topic";
  private static final String AVATAR_COLOR = "avatarColor";
  private static final String SLOW_MODE_SECONDS = "slowModeSeconds";
  private static final String HISTORY = "history";
  private static final String MEMBER_LIMIT = "memberLimit";

  private PatchJson() {}

  static JsonObject write(ConversationPatch patch) {
    JsonObject json = new JsonObject();
    put(json, TITLE, patch.title());
    put(json, TOPIC, patch.topic());
    put(json, AVATAR_COLOR, patch.avatarColor());
    put(json, SLOW_MODE_SECONDS, patch.slowModeSeconds());
    put(json, HISTORY, patch.history() == null ? null : patch.history().wireName());
    put(json, MEMBER_LIMIT, patch.memberLimit());
    return json;
  }

  private static void put(JsonObject json, String field, Object value) {
    if (value != null) {
      json.put(field, value);
    }
  }

  static ConversationPatch read(JsonObject json) {
    String history = json.getString(HISTORY);
    return new ConversationPatch(
        json.getString(TITLE),
        json.getString(TOPIC),
        json.getString(AVATAR_COLOR),
        json.getInteger(SLOW_MODE_SECONDS),
        history == null ? null : HistoryVisibility.valueOf(history.toUpperCase(Locale.ROOT)),
        json.getInteger(MEMBER_LIMIT));
  }
}
