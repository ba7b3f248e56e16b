package chat.parley.gateway;

import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Set;

/**
 * What REST calls count as, apart from messages, which count where those of sockets do. A call that
 * is not named here is not limited. Those that bring pages also need room for them in memory.
 */
final class RestCharges {
  private static final Set<String> PAGES =
      Set.of(
          "/v1/conversations",
          "/v1/conversations/:conversationId/messages",
          "/v1/conversations/:conversationId/changes",
          "/v1/conversations/:conversationId/members",
          "/v1/conversations/:conversationId/receipts",
          "/v1/sync",
          "/v1/users");
  private static final Set<String> SIGN_INS = Set.of("/v1/sessions", "/v1/accounts");
  private static final String RENEWAL = "/v1/sessions/refresh";

  private final EdgeLimits limits;
  private final WaitingBytes waiting;

  RestCharges(EdgeLimits limits, WaitingBytes waiting) {
    this.limits = limits;
    this.waiting = waiting;
  }

  /** The handler, run once the call is counted. */
  RestHandler counted(HttpMethod method, String path, RestHandler handler) {
    if (method.equals(HttpMethod.GET) && PAGES.contains(path)) {
      return request ->
          room()
              .compose(room -> limits.page(request.caller(), request.self()))
              .compose(counted -> handler.handle(request))
              // Hundreds may have found room while none of their pages was there yet.
              .compose(answer -> room().map(answer));
    }
    if (method.equals(HttpMethod.POST) && SIGN_INS.contains(path)) {
      return request ->
          limits
              .signIn(request.caller(), handle(request))
              .compose(counted -> handler.handle(request));
    }
    if (method.equals(HttpMethod.PUT) && path.equals(PasswordRoutes.PATH)) {
      // Who has a stolen token would else try passwords by it. No handle has a colon, so that
      // nobody can use this up by signing in.
      return request ->
          limits
              .signIn(request.caller(), "password:" + request.self().value())
              .compose(counted -> handler.handle(request));
    }
    if (method.equals(HttpMethod.POST) && path.equals(RENEWAL)) {
      return request ->
          limits.connection(request.caller()).compose(counted -> handler.handle(request));
    }
    return handler;
  }

  /** Who does not read shall not make us hold ever more: a page can be asked for again. */
  private Future<Void> room() {
    return waiting.hasRoom()
        ? Future.succeededFuture()
        : Future.failedFuture(TryLater.because("too many answers wait for those who asked"));
  }

  /** Null where there is none to be read: the call's own handler says what is wrong with it. */
  private static String handle(RestRequest request) {
    try {
      return AccountRoutes.handle(request.json());
    } catch (FailureException | HttpRefusal malformed) {
      return null;
    }
  }
}
