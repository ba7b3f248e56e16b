package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.QueryMessages.MessageFound;
import chat.parley.bus.QueryMessages.MessageQuery;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.MessageId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.regex.Pattern;

/** Sending a message without a socket, and looking one up. */
final class MessageRoutes {
  private static final Pattern CLIENT_MSG_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final MessageDoor door;
  private final Bus bus;

  MessageRoutes(EdgeServices services) {
    this.door = new MessageDoor(services.shards(), services.accounts(), services.guard());
    this.bus = services.bus();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.POST, "/v1/messages", this::send);
    routes.signedIn(HttpMethod.GET, "/v1/messages/:messageId", this::find);
  }

  /** The message of a path or body; what cannot name one is not found. */
  static Future<MessageFound> message(Bus bus, RestRequest request, String messageId) {
    MessageId id = parse(messageId);
    return bus.request(
        Addresses.QUERIES,
        new MessageQuery(request.self(), id.conversationId(), id.changeSeq()),
        MessageFound.class);
  }

  /** The id in the path. */
  static MessageId messageId(RestRequest request) {
    return parse(request.pathId("messageId"));
  }

  private static MessageId parse(String messageId) {
    return MessageId.parse(messageId)
        .orElseThrow(() -> new FailureException(Failure.NOT_FOUND, "no such message"));
  }

  private Future<RestAnswer> send(RestRequest request) {
    JsonInput json = request.json();
    MessageBody body = MessageBody.of(json.object("body"));
    SendMessage command = command(request, json, body);
    return door.send(request.caller(), command, body.text())
        .map(accepted -> ack(command, accepted));
  }

  private static SendMessage command(RestRequest request, JsonInput json, MessageBody body) {
    ConversationId conversation = new ConversationId(json.id("conversationId"));
    String clientMsgId =
        json.matching("clientMsgId", CLIENT_MSG_ID, "1 to 64 characters of [A-Za-z0-9_-]");
    json.mustBeEmpty("attachments");
    return new SendMessage(
        conversation,
        request.self(),
        request.principal().deviceId(),
        new ClientMsgId(clientMsgId),
        body.canonicalJson(),
        MessageBody.replyTo(json.value("replyTo"), conversation));
  }

  private static RestAnswer ack(SendMessage command, MessageAccepted accepted) {
    JsonObject ack =
        new JsonObject()
            .put("conversationId", command.conversationId().value())
            .put("clientMsgId", command.clientMsgId().value())
            .put("messageId", accepted.messageId())
            .put("seq", accepted.seq())
            .put("changeSeq", accepted.changeSeq())
            .put("createdAt", ServerFrames.time(accepted.createdAt()))
            .put("durability", accepted.durability().wireName())
            .put("replayed", accepted.replayed());
    return accepted.replayed()
        ? new RestAnswer(200, ack.toBuffer(), Map.of("Replayed", "true"))
        : RestAnswer.created(ack);
  }

  private Future<RestAnswer> find(RestRequest request) {
    return message(bus, request, request.pathId("messageId"))
        .map(
            found -> {
              JsonObject message = WireJson.message(found.change());
              return RestAnswer.ok(message).tagged(message.getLong("version"));
            });
  }
}
