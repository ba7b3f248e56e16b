package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.event.Mentions;
import chat.parley.model.UserId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom a stored message calls, read out of its payload: for changes that go into the stream from
 * the log and no longer from the hand that wrote them.
 */
final class StoredMentions {
  /** A text that says so has a backslash before each quote, so only the field itself does. */
  private static final List<byte[]> MARKS =
      List.of(bytes("\"mentions\":[\""), bytes("\"mentionsChannel\":true"));

  private StoredMentions() {}

  /** The change with whom it calls; parses only what calls anybody. */
  static Change restore(Change change) {
    if (!change.type().isMessage()
        || MARKS.stream().noneMatch(mark -> contains(change.payload(), mark))) {
      return change;
    }
    JsonObject message =
        new JsonObject(Buffer.buffer(change.payload())).getJsonObject("message", new JsonObject());
    return change.mentioning(
        of(message.getJsonArray("mentions"), message.getBoolean("mentionsChannel")));
  }

  private static Mentions of(JsonArray ids, Boolean channel) {
    List<UserId> users = new ArrayList<>();
    if (ids != null) {
      ids.forEach(id -> users.add(new UserId((String) id)));
    }
    return new Mentions(users, Boolean.TRUE.equals(channel));
  }

  private static boolean contains(byte[] text, byte[] mark) {
    for (int start = 0; start <= text.length - mark.length; start++) {
      int same = 0;
      while (same < mark.length && text[start + same] == mark[same]) {
        same++;
      }
      if (same == mark.length) {
        return true;
      }
    }
    return false;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
