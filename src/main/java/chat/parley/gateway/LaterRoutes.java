package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/**
 * Calls that PROTOCOL has and this server not yet. They answer {@code not_found} in words of their
 * own, so that a client neither takes them for a wrong path nor for a method that is refused for
 * ever.
 */
final class LaterRoutes {
  private LaterRoutes() {}

  static void install(RestRoutes routes) {
    later(routes, HttpMethod.GET, "/v1/presence", "presence");
  }

  private static void later(RestRoutes routes, HttpMethod method, String path, String what) {
    routes.signedIn(
        method,
        path,
        request ->
            Future.failedFuture(
                new FailureException(Failure.NOT_FOUND, what + " is not supported yet")));
  }
}
