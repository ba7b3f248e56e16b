package chat.parley.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** A conversation. {@code members} is empty where the server does not list them (groups). */
public record Conversation(
    String conversationId,
    String type,
    String title,
    String createdBy,
    int memberCount,
    List<Member> members) {

  /** Takes a copy of the members. */
  public Conversation {
    members = List.copyOf(members);
  }

  static Conversation from(JsonObject json) {
    JsonArray array = json.getJsonArray("members", new JsonArray());
    List<Member> members = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      members.add(Member.from(array.getJsonObject(i)));
    }
    return new Conversation(
        json.getString("conversationId"),
        json.getString("type"),
        json.getString("title"),
        json.getString("createdBy"),
        json.getInteger("memberCount", members.size()),
        members);
  }
}
