package chat.parley.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A page of what a device lacks, over all conversations.
 *
 * @param cursor to be shown with the next call, once this page is kept for good
 * @param reset conversations that are too far behind: their newest page is to be read
 */
public record SyncPage(
    List<Change> changes,
    List<JsonObject> receipts,
    String cursor,
    boolean hasMore,
    List<String> reset) {

  /** Takes copies of the lists. */
  public SyncPage {
    changes = List.copyOf(changes);
    receipts = List.copyOf(receipts);
    reset = List.copyOf(reset);
  }

  static SyncPage from(JsonObject json) {
    return new SyncPage(
        objects(json.getJsonArray("changes")).stream().map(Change::parse).toList(),
        objects(json.getJsonArray("receipts")),
        json.getString("cursor"),
        json.getBoolean("hasMore"),
        json.getJsonArray("reset").stream().map(String.class::cast).toList());
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }
}
