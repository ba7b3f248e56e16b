package chat.parley.gateway;

import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.Ids;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;

/** Builds what the server says. */
final class ServerFrames {
  /**
   * Every type of a frame to a client, changes apart: those are {@link ChangeType}'s. No other can
   * be built here, so that this is the list by which a test asks whether each is documented.
   * ({@code receipt.*} is made by the fan-out and passed on.)
   */
  static final Set<String> TYPES =
      Set.of(
          "welcome",
          "pong",
          "ack",
          "changes",
          "error",
          "receipt.delivered",
          "receipt.read",
          "receipt.aggregate",
          "typing",
          "presence",
          "inbox.updated",
          "sync.begin",
          "sync.end",
          "sync.reset",
          "reauth",
          "server.draining",
          "session.revoked",
          "closing");

  private static final DateTimeFormatter RFC_3339 =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final String DATA = "\",\"d\":";

  private ServerFrames() {}

  /** A frame of this type without an id. */
  static String of(String type, JsonObject data) {
    check(type);
    return "{\"t\":\"" + type + DATA + data.encode() + "}";
  }

  /** A frame that answers the request with this id, which may be null. */
  static String answer(String type, String id, JsonObject data) {
    check(type);
    return id == null
        ? of(type, data)
        : new JsonObject().put("t", type).put("id", id).put("d", data).encode();
  }

  private static void check(String type) {
    if (!TYPES.contains(type)) {
      throw new IllegalArgumentException("no type of a server's frame: " + type);
    }
  }

  /** The frame of a change; its payload is passed on as it is. */
  static ChangeFrame change(Change change) {
    String head = "{\"t\":\"" + change.type().wireName() + DATA;
    String text = head + new String(change.payload(), StandardCharsets.UTF_8) + "}";
    return new ChangeFrame(change, text, head.length() + change.payload().length + 1);
  }

  /** Asks for a new token in time, before the one that ends then. */
  static String reauth(Instant expiresAt) {
    return of("reauth", expiry(expiresAt));
  }

  static JsonObject expiry(Instant expiresAt) {
    return new JsonObject().put("expiresAt", time(expiresAt.toEpochMilli()));
  }

  /** A refusal. */
  static String error(String id, Throwable cause) {
    return answer("error", id, Problem.of(cause, Ids.fresh()).toJson());
  }

  /** The ack of a message. */
  static String ack(ClientFrame.Send request, MessageAccepted accepted) {
    return answer(
        "ack",
        request.id(),
        new JsonObject()
            .put("conversationId", request.conversationId().value())
            .put("clientMsgId", request.clientMsgId().value())
            .put("messageId", accepted.messageId())
            .put("seq", accepted.seq())
            .put("changeSeq", accepted.changeSeq())
            .put("createdAt", time(accepted.createdAt()))
            .put("durability", accepted.durability().wireName())
            .put("replayed", accepted.replayed()));
  }

  /** The answer to a client's sync; payloads are passed on as they are. */
  static String changes(String id, ConversationId conversation, ChangesPage page) {
    StringBuilder text = new StringBuilder("{\"t\":\"changes\"");
    if (id != null) {
      text.append(",\"id\":").append(Json.encode(id));
    }
    text.append(",\"d\":{\"conversationId\":\"").append(conversation.value());
    text.append("\",\"items\":[");
    for (int i = 0; i < page.items().size(); i++) {
      text.append(i == 0 ? "" : ",");
      text.append(new String(page.items().get(i).payload(), StandardCharsets.UTF_8));
    }
    text.append("],\"headChangeSeq\":").append(page.headChangeSeq());
    return text.append(",\"hasMore\":").append(page.hasMore()).append("}}").toString();
  }

  /** UTC with milliseconds. */
  static String time(long epochMs) {
    return RFC_3339.format(Instant.ofEpochMilli(epochMs));
  }
}
