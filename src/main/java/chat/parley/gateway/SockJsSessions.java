package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sessions of SockJS's fallbacks, each of which goes from line to line. A session is named in
 * the URL of each of its requests, by an id that its client made up, so it is only for the address
 * that opened it: whoever has seen such a URL must not read or speak in another's name. A client
 * that moves to another address connects anew. On one event loop.
 */
final class SockJsSessions {
  private static final int SESSION_SEGMENT = 4;

  private final Map<String, HttpConnection> lines = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();
  private final Callers callers;

  SockJsSessions(Callers callers) {
    this.callers = callers;
  }

  /** Why a request may not go to the session that it names: the same as where there is none. */
  Optional<FailureException> refusal(RoutingContext context) {
    String owner = owners.get(context.pathParam("param0"));
    return owner == null || owner.equals(callers.of(context.request()).address())
        ? Optional.empty()
        : Optional.of(new FailureException(Failure.NOT_FOUND, "no such session"));
  }

  /** Notes that a session is carried by this request's line until the answer ends. */
  void carry(RoutingContext context) {
    String session = context.pathParam("param0");
    HttpConnection line = context.request().connection();
    lines.put(session, line);
    context.addEndHandler(ended -> lines.remove(session, line));
  }

  /** A session is opened from there. */
  void opened(SockJSSocket socket, Caller caller) {
    owners.put(id(socket), caller.address());
  }

  /** It is over. */
  void closed(SockJSSocket socket) {
    owners.remove(id(socket));
  }

  /** What carries it now: what to cut. */
  HttpConnection lineOf(SockJSSocket socket) {
    HttpConnection own = socket.routingContext().request().connection();
    return lines.getOrDefault(id(socket), own);
  }

  private static String id(SockJSSocket socket) {
    String[] path = socket.uri().split("[/?]");
    return path.length > SESSION_SEGMENT ? path[SESSION_SEGMENT] : "";
  }
}
