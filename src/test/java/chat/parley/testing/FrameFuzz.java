package chat.parley.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Texts that a client might send: good frames of every type, good ones with something altered in
 * what they mean or in how they are written, and noise. The same seed gives the same texts, and
 * {@link #shrunk} makes one that hurts as short as it goes.
 */
public final class FrameFuzz {
  private static final List<String> IDS =
      List.of("room", "elsewhere", "", "a b", "../x", "i".repeat(64), "i".repeat(65), "\0", "ü");

  /** All that there are: one that is told nothing of below comes with what its example says. */
  private static final List<String> TYPES = List.copyOf(Documented.SOCKET.fromClients());

  /** What parsers stumble over. */
  private static final List<String> BITS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          "\\",
          "\\u",
          "\\ud800",
          "\\u0000",
          ":",
          ",",
          "null",
          "true",
          "NaN",
          "-",
          "-0",
          "1e400",
          "9223372036854775808",
          "0x10",
          "00",
          ".5",
          "/*",
          "//",
          "\0",
          "\uFEFF",
          "\uD800",
          "\uDC00",
          "\uFFFF",
          "\u2028",
          "{\"t\":",
          "\"d\":{",
          "\"id\":",
          "'");

  private final SplittableRandom random;

  public FrameFuzz(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The next text. */
  public String next() {
    int sort = random.nextInt(100);
    if (sort < 30) {
      return frame().encode();
    }
    if (sort < 60) {
      return altered(frame()).encode();
    }
    if (sort < 90) {
      return scratched(random.nextBoolean() ? frame().encode() : altered(frame()).encode());
    }
    return noise();
  }

  private JsonObject frame() {
    String type = TYPES.get(random.nextInt(TYPES.size()));
    JsonObject frame = new JsonObject().put("t", type);
    if (random.nextBoolean()) {
      frame.put("id", "r" + random.nextInt(1_000));
    }
    return frame.put("d", data(type));
  }

  private JsonObject data(String type) {
    JsonObject data = new JsonObject();
    return switch (type) {
      case "hello" -> data.put("token", "nonsense").put("cursors", cursors());
      case "reauth" -> data.put("token", oneOf("", "nonsense", "t".repeat(9_000)));
      case "message.send" ->
          data.put("conversationId", id()).put("clientMsgId", id()).put("body", body());
      case "message.edit" -> data.put("messageId", messageId()).put("body", body());
      case "message.delete" -> data.put("messageId", messageId());
      case "reaction.set" ->
          data.put("messageId", messageId())
              .put("emoji", oneOf("👍", "x", "👨‍👩‍👧‍👦", "🇫🇷", "\uD83D", "1\uFE0F\u20E3", ""))
              .put("on", random.nextBoolean());
      case "receipt.delivered" -> data.put("cursors", cursors());
      case "receipt.read" -> data.put("conversationId", id()).put("seq", number());
      case "sync" -> data.put("conversationId", id()).put("after", number()).put("limit", number());
      case "typing" -> data.put("conversationId", id()).put("on", random.nextBoolean());
      case "presence.watch" ->
          data.put("userIds", list(random.nextInt(20), () -> "u" + random.nextInt(50)));
      case "presence.set" -> data.put("status", oneOf("online", "away", "offline", "", "gone"));
      default -> Documented.SOCKET.exampleFromClient(type).getJsonObject("d", data).copy();
    };
  }

  private JsonObject body() {
    JsonObject body = new JsonObject().put("text", text());
    return random.nextInt(4) == 0 ? body.put("format", oneOf("markdown", "plain", "x")) : body;
  }

  private JsonObject cursors() {
    JsonObject cursors = new JsonObject();
    for (int i = random.nextInt(4); i > 0; i--) {
      cursors.put(id(), number());
    }
    return cursors;
  }

  private String id() {
    return random.nextInt(3) > 0 ? "room" : IDS.get(random.nextInt(IDS.size()));
  }

  private String messageId() {
    return oneOf("room.1", "room.0", "room.-1", "room", ".", "room.99999999999999999999", id());
  }

  private long number() {
    return random.nextInt(3) > 0 ? random.nextInt(100) : random.nextLong();
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(50) == 0 ? 20_000 : 40); i > 0; i--) {
      text.append(random.nextInt(8) == 0 ? (char) random.nextInt(0x10000) : 'a');
    }
    return random.nextInt(5) == 0 ? text + " @channel @ann" : text.toString();
  }

  /** A good frame of which something means something else. */
  private JsonObject altered(JsonObject frame) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      JsonObject at =
          random.nextBoolean() && frame.getValue("d") instanceof JsonObject data ? data : frame;
      List<String> fields = new ArrayList<>(at.fieldNames());
      String field =
          fields.isEmpty() || random.nextInt(8) == 0
              ? oneOf("t", "d", "id", "replyTo", "attachments", "__proto__", "x".repeat(300))
              : fields.get(random.nextInt(fields.size()));
      if (random.nextInt(6) == 0) {
        at.remove(field);
      } else {
        at.put(field, value(random.nextInt(6)));
      }
    }
    return frame;
  }

  private Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 12 : 10)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> number();
      case 3 -> random.nextInt();
      case 4 -> Double.longBitsToDouble(random.nextLong() & ~(1L << 62)); // finite
      case 5 -> id();
      case 6 -> text();
      case 7 -> "";
      case 8 -> random.nextLong() + "";
      case 9 -> new JsonObject();
      case 10 -> new JsonObject().put(id(), value(depth - 1));
      default -> list(random.nextInt(4), () -> value(depth - 1));
    };
  }

  private static JsonArray list(int size, Supplier<Object> element) {
    JsonArray list = new JsonArray();
    for (int i = 0; i < size; i++) {
      list.add(element.get());
    }
    return list;
  }

  /** A text that is written otherwise at some places. */
  private String scratched(String text) {
    StringBuilder scratched = new StringBuilder(text);
    for (int i = 1 + random.nextInt(4); i > 0 && scratched.length() > 0; i--) {
      int at = random.nextInt(scratched.length());
      int to = Math.min(scratched.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(7)) {
        case 0 -> scratched.delete(at, to);
        case 1 -> scratched.insert(at, scratched.substring(at, to));
        case 2 -> scratched.setLength(at);
        case 3 -> scratched.setCharAt(at, (char) random.nextInt(0x10000));
        case 4 -> scratched.insert(at, BITS.get(random.nextInt(BITS.size())).repeat(1 + at % 40));
        case 5 -> scratched.replace(at, to, BITS.get(random.nextInt(BITS.size())));
        default -> scratched.append(scratched.substring(at));
      }
    }
    return scratched.toString();
  }

  private String noise() {
    byte[] bytes = new byte[random.nextInt(random.nextInt(100) == 0 ? 70_000 : 60)];
    random.nextBytes(bytes);
    return new String(
        bytes, random.nextBoolean() ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16);
  }

  private String oneOf(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /**
   * The shortest text found that hurts as this one does: parts are left out, the large ones first,
   * for as long as that helps (delta debugging).
   */
  public static String shrunk(String text, Predicate<String> hurts) {
    String shortest = text;
    int part = text.length() / 2;
    while (part > 0) {
      boolean helped = false;
      for (int at = 0; at < shortest.length(); at += part) {
        String without =
            shortest.substring(0, at) + shortest.substring(Math.min(shortest.length(), at + part));
        if (hurts.test(without)) {
          shortest = without;
          helped = true;
        }
      }
      part = helped ? Math.min(part, Math.max(1, shortest.length() / 2)) : part / 2;
    }
    return shortest;
  }
}
