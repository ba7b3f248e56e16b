package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.function.Supplier;

/**
 * Lays REST calls onto the router: reads the body up to its bound, checks the token, runs the
 * handler, writes its answer or its problem. What is written counts as waiting until it is read.
 */
final class RestRoutes {
  private final Router router;
  private final AllowedMethods methods;
  private final BearerAuthentication authentication;
  private final BodyHandler body;
  private final EdgeGuard guard;
  private final RestCharges charges;

  /** {@code methods} learns what is laid. */
  RestRoutes(
      Router router,
      AllowedMethods methods,
      BearerAuthentication authentication,
      EdgeGuard guard,
      int maxBodyBytes) {
    this.router = router;
    this.methods = methods;
    this.authentication = authentication;
    this.body = BodyHandler.create(false).setBodyLimit(maxBodyBytes);
    this.guard = guard;
    this.charges = new RestCharges(guard.limits(), guard.waiting());
  }

  /** A call that needs no token. */
  void open(HttpMethod method, String path, RestHandler handler) {
    RestHandler counted = charges.counted(method, path, handler);
    route(method, path)
        .handler(body)
        .handler(context -> answer(context, Future::succeededFuture, counted));
  }

  /** A call that needs a valid token. */
  void signedIn(HttpMethod method, String path, RestHandler handler) {
    RestHandler counted = charges.counted(method, path, handler);
    route(method, path)
        .handler(body)
        .handler(context -> answer(context, () -> authentication.of(context.request()), counted));
  }

  private Route route(HttpMethod method, String path) {
    methods.add(method, path);
    // A colon within a segment is part of PROTOCOL's name; the router would take it for a variable.
    Route route =
        path.matches(".*[^/]:.*")
            ? router.routeWithRegex(method, AllowedMethods.pattern(path).pattern())
            : router.route(method, path);
    return method.equals(HttpMethod.GET) ? route.method(HttpMethod.HEAD) : route;
  }

  private void answer(
      RoutingContext context, Supplier<Future<Principal>> caller, RestHandler handler) {
    try {
      BearerAuthentication.refuseTokenInUrl(context);
      MediaTypes.checkAccept(context.request());
    } catch (FailureException | HttpRefusal refusal) {
      ProblemAnswer.send(context, refusal);
      return;
    }
    caller
        .get()
        .compose(principal -> handler.handle(request(context, principal)))
        .onSuccess(answer -> write(context.response(), answer))
        .onFailure(cause -> ProblemAnswer.send(context, cause));
  }

  private RestRequest request(RoutingContext context, Principal principal) {
    return new RestRequest(context, principal, guard.callers().of(context.request()));
  }

  private void write(HttpServerResponse response, RestAnswer answer) {
    if (response.closed()) {
      return;
    }
    response.setStatusCode(answer.status()).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    answer.headers().forEach(response::putHeader);
    if (answer.body() == null) {
      response.end();
    } else {
      int bytes = answer.body().length();
      Future<Void> ended =
          response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(answer.body());
      guard.waiting().written(bytes);
      ended.onComplete(done -> guard.waiting().gone(bytes));
    }
  }
}
