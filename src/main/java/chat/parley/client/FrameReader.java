package chat.parley.client;

import io.vertx.core.json.JsonObject;
import java.util.Set;

/**
 * Turns frame texts into frames. Many devices in one JVM receive the same text within a moment, so
 * the latest frames are remembered: hashing and comparing a text is some twenty times cheaper than
 * parsing it. For one event loop only.
 */
final class FrameReader {
  private static final int SLOTS = 512;
  private static final int LONGEST_REMEMBERED = 20_000;
  private static final Set<String> CHANGES =
      Set.of(
          "message.new",
          "message.edit",
          "message.delete",
          "reaction",
          "member.joined",
          "member.left",
          "member.updated",
          "conversation.updated");

  private final String[] texts = new String[SLOTS];
  private final Frame[] frames = new Frame[SLOTS];
  private final Wiretap wiretap;

  /** {@code wiretap} hears each text that is not remembered. */
  FrameReader(Wiretap wiretap) {
    this.wiretap = wiretap;
  }

  /** Reads one frame; fails with a RuntimeException where the text is not one. */
  Frame read(String text) {
    if (text.length() > LONGEST_REMEMBERED) {
      return parse(text);
    }
    int slot = text.hashCode() & (SLOTS - 1);
    if (!text.equals(texts[slot])) {
      frames[slot] = parse(text);
      texts[slot] = text;
    }
    return frames[slot];
  }

  private Frame parse(String text) {
    wiretap.heard(text);
    JsonObject json = new JsonObject(text);
    String type = json.getString("t");
    JsonObject data = json.getJsonObject("d", new JsonObject());
    return new Frame(
        type, json.getString("id"), data, isChange(type, data) ? Change.from(data, type) : null);
  }

  /**
   * A change of a type unknown here still takes its number; an ack has numbers too, but is none.
   */
  private static boolean isChange(String type, JsonObject data) {
    return data.containsKey("changeSeq")
        && (CHANGES.contains(type) || type.equals(data.getString("type")));
  }
}
