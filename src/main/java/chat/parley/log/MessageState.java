package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.UserId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message as the changes so far have left it: built from its {@code message.new} and its
 * amendments in the order of the log. Its JSON is the {@code message} that clients see. Not
 * thread-safe.
 */
public final class MessageState {
  private final JsonObject message;
  private final Map<String, Map<UserId, Long>> reactions = new LinkedHashMap<>();
  private long version;
  private long bodyVersion;
  private int amendments;

  private MessageState(JsonObject message, long changeSeq) {
    this.message = message;
    this.version = changeSeq;
    this.bodyVersion = changeSeq;
  }

  /** As a change left it that says the whole message: a new one, or an edit. */
  public static MessageState of(Change whole) {
    JsonObject message = json(whole).getJsonObject("message");
    MessageState state = new MessageState(message, whole.changeSeq());
    if (message.remove("reactions") instanceof JsonObject byEmoji) {
      for (String emoji : byEmoji.fieldNames()) {
        byEmoji
            .getJsonArray(emoji)
            .forEach(user -> state.set(emoji, new UserId((String) user), whole.changeSeq()));
      }
    }
    return state;
  }

  /** Takes the next change of this message into account. */
  public void apply(Change change) {
    JsonObject json = json(change);
    switch (change.type()) {
      case MESSAGE_EDIT -> edit(json.getJsonObject("message"), change.changeSeq());
      case MESSAGE_DELETE -> delete(change.changeSeq());
      case REACTION -> {
        JsonObject reaction = json.getJsonObject("reaction");
        react(
            reaction.getString("emoji"),
            change.actorId(),
            reaction.getBoolean("on"),
            change.changeSeq());
      }
      default -> throw new IllegalArgumentException("a " + change.type() + " alters no message");
    }
  }

  /** {@code edited} has the new body, whom it calls and when it was written. */
  public void edit(JsonObject edited, long changeSeq) {
    for (String field : new String[] {"body", "mentions", "editedAt"}) {
      message.put(field, edited.getValue(field));
    }
    message.remove("mentionsChannel");
    if (edited.containsKey("mentionsChannel")) {
      message.put("mentionsChannel", edited.getValue("mentionsChannel"));
    }
    bodyVersion = changeSeq;
    amended(changeSeq);
  }

  /** A tombstone stays: who said something when, and nothing of what. */
  public void delete(long changeSeq) {
    for (String field : new String[] {"body", "mentionsChannel", "editedAt", "replyTo"}) {
      message.remove(field);
    }
    message.put("attachments", new JsonArray()).put("mentions", new JsonArray());
    message.put("deleted", true);
    reactions.clear();
    bodyVersion = changeSeq;
    amended(changeSeq);
  }

  /** Sets or takes back one user's reaction. */
  public void react(String emoji, UserId user, boolean on, long changeSeq) {
    if (on) {
      set(emoji, user, changeSeq);
    } else if (reactions.containsKey(emoji)) {
      reactions.get(emoji).remove(user);
      reactions.values().removeIf(Map::isEmpty);
    }
    amended(changeSeq);
  }

  private void set(String emoji, UserId user, long changeSeq) {
    reactions.computeIfAbsent(emoji, any -> new LinkedHashMap<>()).putIfAbsent(user, changeSeq);
  }

  private void amended(long changeSeq) {
    version = changeSeq;
    amendments++;
  }

  public UserId senderId() {
    return new UserId(message.getString("senderId"));
  }

  /** The message's own number among messages. */
  public long seq() {
    return message.getLong("seq");
  }

  /** When it was sent, by its owner's wall clock, in milliseconds. */
  public long sentAt() {
    return Instant.parse(message.getString("createdAt")).toEpochMilli();
  }

  /** Null of a deleted one. */
  public JsonObject body() {
    return message.getJsonObject("body");
  }

  public boolean isDeleted() {
    return message.containsKey("deleted");
  }

  /** The number of the change that made it what it is: the last one of this message. */
  public long version() {
    return version;
  }

  /** The number of the change that made its text what it is: of a deleted one the delete's. */
  public long bodyVersion() {
    return bodyVersion;
  }

  /** How many changes were applied. */
  public int amendments() {
    return amendments;
  }

  /** How many different reactions it has. */
  public int emojis() {
    return reactions.size();
  }

  public boolean hasEmoji(String emoji) {
    return reactions.containsKey(emoji);
  }

  /** The number of the change that set this user's reaction; 0 where it is not set. */
  public long reactedAt(String emoji, UserId user) {
    return reactions.getOrDefault(emoji, Map.of()).getOrDefault(user, 0L);
  }

  /** The {@code message} of PROTOCOL; the caller may keep and alter it. */
  public JsonObject toJson() {
    JsonObject json = message.copy().put("version", version);
    if (!reactions.isEmpty()) {
      JsonObject byEmoji = new JsonObject();
      reactions.forEach(
          (emoji, users) -> {
            JsonArray ids = new JsonArray();
            users.keySet().forEach(user -> ids.add(user.value()));
            byEmoji.put(emoji, ids);
          });
      json.put("reactions", byEmoji);
    }
    return json;
  }

  private static JsonObject json(Change change) {
    return new JsonObject(Buffer.buffer(change.payload()));
  }
}
