package chat.parley.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;

/**
 * What a device says of itself and whom it watches. Every connection begins as online and watches
 * nobody, so what holds is said again on each; that somebody types is not. A null socket is one
 * that is not there: soft state does not wait for it.
 */
final class LiveWords {
  private static final String ONLINE = "online";

  private List<String> watching = List.of();
  private String status = ONLINE;

  void watch(ParleySocket socket, Collection<String> userIds) {
    watching = List.copyOf(userIds);
    sayWatching(socket);
  }

  void set(ParleySocket socket, String word) {
    status = word;
    sayStatus(socket);
  }

  void type(ParleySocket socket, String conversationId, boolean on) {
    say(socket, "typing", new JsonObject().put("conversationId", conversationId).put("on", on));
  }

  void connected(ParleySocket socket) {
    if (!status.equals(ONLINE)) {
      sayStatus(socket);
    }
    if (!watching.isEmpty()) {
      sayWatching(socket);
    }
  }

  private void sayStatus(ParleySocket socket) {
    say(socket, "presence.set", new JsonObject().put("status", status));
  }

  private void sayWatching(ParleySocket socket) {
    say(socket, "presence.watch", new JsonObject().put("userIds", new JsonArray(watching)));
  }

  private static void say(ParleySocket socket, String type, JsonObject data) {
    if (socket != null) {
      socket.send(type, data);
    }
  }
}
