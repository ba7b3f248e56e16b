package chat.parley.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of changes or of messages.
 *
 * @param headChangeSeq the conversation's newest changeSeq, or -1 where the page does not tell
 *     (history)
 */
public record ChangePage(List<Change> items, long headChangeSeq, boolean hasMore) {

  /** Takes a copy of the items. */
  public ChangePage {
    items = List.copyOf(items);
  }

  static ChangePage ofChanges(JsonObject json) {
    JsonArray array = json.getJsonArray("items", new JsonArray());
    List<Change> items = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      items.add(Change.parse(array.getJsonObject(i)));
    }
    return new ChangePage(
        items, json.getLong("headChangeSeq", -1L), json.getBoolean("hasMore", false));
  }

  static ChangePage ofHistory(JsonObject json) {
    JsonArray array = json.getJsonArray("items", new JsonArray());
    List<Change> items = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      items.add(Change.fromHistory(array.getJsonObject(i)));
    }
    return new ChangePage(items, -1, json.getBoolean("hasMore", false));
  }
}
