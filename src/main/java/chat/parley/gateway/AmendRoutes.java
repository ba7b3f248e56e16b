package chat.parley.gateway;

import chat.parley.model.MessageId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Editing and deleting a message without a socket. */
final class AmendRoutes {
  /** An entity tag as {@link RestAnswer#tagged} gives it; a weak one means the same here. */
  private static final Pattern TAG = Pattern.compile("(?:W/)?\"([1-9][0-9]{0,17})\"");

  private final MessageDoor door;

  AmendRoutes(EdgeServices services) {
    this.door = new MessageDoor(services.shards(), services.accounts(), services.guard());
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.PATCH, "/v1/messages/:messageId", this::edit);
    routes.signedIn(HttpMethod.DELETE, "/v1/messages/:messageId", this::delete);
  }

  private Future<RestAnswer> edit(RestRequest request) {
    MessageBody body = MessageBody.of(request.json().object("body"));
    return amend(request, AmendCommand.edit(body, ifVersion(request)));
  }

  private Future<RestAnswer> delete(RestRequest request) {
    return amend(request, AmendCommand.delete());
  }

  /** {@code If-Match}; 0 where any version will do. */
  private static long ifVersion(RestRequest request) {
    String wanted = request.header("If-Match").map(String::strip).orElse("*");
    if (wanted.equals("*")) {
      return 0;
    }
    Matcher tag = TAG.matcher(wanted);
    if (!tag.matches()) {
      throw JsonInput.refused("If-Match must be one ETag of this message, or *");
    }
    return Long.parseLong(tag.group(1));
  }

  private Future<RestAnswer> amend(RestRequest request, AmendCommand change) {
    MessageId id = MessageRoutes.messageId(request);
    return door.amend(
            request.caller(),
            request.self(),
            request.principal().deviceId(),
            id,
            change,
            request::isAwaited)
        .map(amended -> RestAnswer.ok(AmendCommand.ack(id, amended)).tagged(amended.version()));
  }
}
