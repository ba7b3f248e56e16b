package chat.parley.gateway;

import chat.parley.auth.Principal;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Lays REST calls onto the router: reads the body up to its bound, checks the token, runs the
 * handler, writes its answer or its problem.
 */
final class RestRoutes {
  /** A URL ends up in logs, histories and Referer headers. */
  private static final List<String> SECRETS = List.of("token", "access_token", "accessToken");

  private final Router router;
  private final BearerAuthentication authentication;
  private final BodyHandler body;

  RestRoutes(Router router, BearerAuthentication authentication, int maxBodyBytes) {
    this.router = router;
    this.authentication = authentication;
    this.body = BodyHandler.create(false).setBodyLimit(maxBodyBytes);
  }

  /** A call that needs no token. */
  void open(HttpMethod method, String path, RestHandler handler) {
    route(method, path)
        .handler(body)
        .handler(context -> answer(context, Future.succeededFuture(), handler));
  }

  /** A call that needs a valid token. */
  void signedIn(HttpMethod method, String path, RestHandler handler) {
    route(method, path)
        .handler(body)
        .handler(context -> answer(context, authentication.of(context.request()), handler));
  }

  private Route route(HttpMethod method, String path) {
    // A colon within a segment is part of PROTOCOL's name; the router would take it for a variable.
    return path.matches(".*[^/]:.*")
        ? router.routeWithRegex(method, Pattern.quote(path))
        : router.route(method, path);
  }

  private static void answer(
      RoutingContext context, Future<Principal> caller, RestHandler handler) {
    if (SECRETS.stream().anyMatch(name -> !context.queryParam(name).isEmpty())) {
      ProblemAnswer.send(
          context, JsonInput.refused("a token belongs into the Authorization header, never a URL"));
      return;
    }
    caller
        .compose(principal -> handler.handle(new RestRequest(context, principal)))
        .onSuccess(answer -> write(context.response(), answer))
        .onFailure(cause -> ProblemAnswer.send(context, cause));
  }

  private static void write(HttpServerResponse response, RestAnswer answer) {
    if (response.closed()) {
      return;
    }
    response.setStatusCode(answer.status()).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    answer.headers().forEach(response::putHeader);
    if (answer.body() == null) {
      response.end();
    } else {
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(answer.body());
    }
  }
}
