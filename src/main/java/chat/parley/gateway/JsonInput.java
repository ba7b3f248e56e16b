package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A JSON object from a client, read field by field. Every reader fails with {@code BAD_REQUEST}
 * naming the field and what it must be; fields that nobody reads are ignored, null counts as
 * absent.
 */
final class JsonInput {
  /** Controls, breaks of lines, and what embeds, overrides or isolates a direction of text. */
  private static final Pattern MISLEADING =
      Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]");

  private final JsonObject json;

  private JsonInput(JsonObject json) {
    this.json = json;
  }

  /** Reads a body that must be one JSON object. */
  static JsonInput parse(Buffer body) {
    if (body == null || body.length() == 0) {
      throw refused("a JSON object is required as the body");
    }
    return new JsonInput(
        StrictJson.object(body.getBytes())
            .orElseThrow(
                () ->
                    refused(
                        "the body must be one JSON object in UTF-8, each key once, of at most "
                            + StrictJson.MAX_DEPTH
                            + " levels")));
  }

  /** A refusal of this sort. */
  static FailureException refused(String detail) {
    return new FailureException(Failure.BAD_REQUEST, detail);
  }

  boolean has(String field) {
    return json.getValue(field) != null;
  }

  /** Whether the field is there, if only as null: for calls in which null says something. */
  boolean isGiven(String field) {
    return json.containsKey(field);
  }

  /** Whatever is there; null where it is absent. */
  Object value(String field) {
    return json.getValue(field);
  }

  /** Text that is taken as it is; {@code min} and {@code max} count characters (code points). */
  String text(String field, int min, int max) {
    if (json.getValue(field) instanceof String text && StrictJson.isUnicode(text)) {
      int length = text.codePointCount(0, text.length());
      if (length >= min && length <= max) {
        return text;
      }
    }
    throw refused(field + " must be a string of " + min + " to " + max + " characters");
  }

  /** Text on one line, white space around it taken off, 1 to {@code max} characters. */
  String line(String field, int max) {
    if (json.getValue(field) instanceof String text && StrictJson.isUnicode(text)) {
      String line = text.strip();
      int length = line.codePointCount(0, line.length());
      if (length >= 1 && length <= max && line.chars().noneMatch(Character::isISOControl)) {
        return line;
      }
    }
    throw refused(field + " must be a line of 1 to " + max + " characters");
  }

  /** Text of a form that is said in words. */
  String matching(String field, Pattern form, String words) {
    if (json.getValue(field) instanceof String text && form.matcher(text).matches()) {
      return text;
    }
    throw refused(field + " must be " + words);
  }

  /** Any of our ids. */
  String id(String field) {
    if (json.getValue(field) instanceof String text && Ids.isValid(text)) {
      return text;
    }
    throw refused(field + " must be an id: 1 to 64 characters of [A-Za-z0-9_.-]");
  }

  /**
   * A line, white space around it taken off, of {@code min} to {@code max} characters, that cannot
   * make what is shown around it read otherwise: without control characters, breaks of lines and
   * marks that turn the direction of text.
   */
  String plainLine(String field, int min, int max) {
    if (json.getValue(field) instanceof String text && StrictJson.isUnicode(text)) {
      String line = text.strip();
      int length = line.codePointCount(0, line.length());
      if (length >= min && length <= max && !MISLEADING.matcher(line).find()) {
        return line;
      }
    }
    throw refused(
        field
            + " must be a line of "
            + min
            + " to "
            + max
            + " characters without control or direction characters");
  }

  /** A list of ids, each at most once in the answer, in their order; absent is empty. */
  List<String> ids(String field, int max) {
    Object value = json.getValue(field);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof JsonArray array) || array.size() > max) {
      throw refused(field + " must be a list of at most " + max + " ids");
    }
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.getValue(i) instanceof String id) || !Ids.isValid(id)) {
        throw refused(field + "[" + i + "] must be an id: 1 to 64 characters of [A-Za-z0-9_.-]");
      }
      if (!ids.contains(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** A whole number from 0 up. */
  long count(String field) {
    Object value = json.getValue(field);
    if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
      return ((Number) value).longValue();
    }
    throw refused(field + " must be a whole number from 0 up");
  }

  /** A whole number from 0 to {@code max}. */
  int count(String field, int max) {
    if (json.getValue(field) instanceof Integer number && number >= 0 && number <= max) {
      return number;
    }
    throw refused(field + " must be a whole number from 0 to " + max);
  }

  /** True or false; false where it is absent. */
  boolean flag(String field) {
    Object value = json.getValue(field);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw refused(field + " must be true or false");
  }

  /** One of some words; empty where the field is absent. */
  <T> Optional<T> choice(String field, List<T> choices, Function<T, String> word) {
    Object value = json.getValue(field);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(
        choices.stream()
            .filter(choice -> word.apply(choice).equals(value))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        field
                            + " must be one of "
                            + String.join(", ", choices.stream().map(word).toList()))));
  }

  /** An object within; null where it is absent. */
  JsonObject object(String field) {
    Object value = json.getValue(field);
    if (value == null || value instanceof JsonObject) {
      return (JsonObject) value;
    }
    throw refused(field + " must be an object");
  }

  /** An object within, to be read on; an empty one where it is absent. */
  JsonInput within(String field) {
    JsonObject object = object(field);
    return new JsonInput(object == null ? new JsonObject() : object);
  }

  /** Numbers from 0 up by conversation; absent is empty. */
  Map<ConversationId, Long> cursors(String field, int max) {
    JsonInput entries = within(field);
    if (entries.json.size() > max) {
      throw refused(field + " must name at most " + max + " conversations");
    }
    Map<ConversationId, Long> cursors = new HashMap<>();
    for (String key : entries.json.fieldNames()) {
      if (!Ids.isValid(key)) {
        throw refused(field + " holds a key that is no conversationId");
      }
      cursors.put(new ConversationId(key), entries.count(key));
    }
    return cursors;
  }

  /** Refuses a list that holds something, of a feature that is not there yet. */
  void mustBeEmpty(String field) {
    Object value = json.getValue(field);
    if (value != null && !(value instanceof JsonArray list && list.isEmpty())) {
      throw refused(field + " are not supported yet");
    }
  }
}
