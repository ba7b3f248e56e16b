package chat.parley.gateway;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Everything that is reached over HTTP: REST, probes, the web page, and the sockets that are put in
 * between. Every failure is a problem of PROTOCOL, every answer bears the request's id.
 */
public final class HttpEdge {
  /** The web page works from this origin alone; sockets may also be spelled ws and wss. */
  private static final String CONTENT_SECURITY =
      "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none';"
          + " base-uri 'none'; frame-ancestors 'none'";

  private static final String A_YEAR_BY_TLS_ALONE = "max-age=31536000";

  /**
   * Where the jars of the POM's versions keep what the pages ask for under {@code /lib/}; Swagger
   * UI is for {@code /docs} alone.
   */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "swagger-ui-bundle.js", "webjars/swagger-ui/5.34.1/swagger-ui-bundle.js",
          "swagger-ui.css", "webjars/swagger-ui/5.34.1/swagger-ui.css",
          "sockjs.min.js", "webjars/sockjs-client/1.6.1/dist/sockjs.min.js",
          "marked.esm.js", "webjars/marked/16.4.1/lib/marked.esm.js",
          "purify.min.js", "_static/dompurify/3.4.15/dist/purify.min.js");

  private static final String JARS = "META-INF/resources/";
  private static final String A_DAY = "public, max-age=86400";

  /** Asked about each time, so that a new version of the page is seen at once. */
  private static final String ASK = "no-cache";

  /** All but the API: a path unknown there must not become a question of the web page. */
  private static final String NOT_API = "/(?!v1(?:/|$)).*";

  private final Vertx vertx;
  private final HttpSettings settings;
  private final RestApi api;
  private final Probes probes;

  public HttpEdge(Vertx vertx, HttpSettings settings, RestApi api, Probes probes) {
    this.vertx = vertx;
    this.settings = settings;
    this.api = api;
    this.probes = probes;
  }

  /**
   * The router for one server.
   *
   * @param sockets lays the socket routes, before anything reads a body
   */
  public Router router(Consumer<Router> sockets) {
    Router router = bare(vertx);
    AllowedMethods methods = new AllowedMethods();
    installProbes(router, methods, probes, settings);
    sockets.accept(router);
    api.install(router, settings, methods);
    if (!settings.operator().isApart()) {
      api.installForOperator(router, settings, methods);
    }
    CompressedFiles libraries =
        new CompressedFiles(vertx, path -> JARS + LIBRARIES.get(name(path)), A_DAY);
    LIBRARIES.forEach(
        (name, jarPath) -> {
          router.route("/lib/" + name).handler(libraries);
          page(router, methods, "/lib/" + name, context -> library(context, jarPath));
        });
    ApiPages.install(vertx, router, methods);
    methods.add(HttpMethod.GET, "/");
    router.routeWithRegex(NOT_API).handler(new CompressedFiles(vertx, path -> "web" + path, ASK));
    router
        .routeWithRegex(NOT_API)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(webPage());
    return finished(router, methods);
  }

  /** The router of the operator's own port. */
  public Router operatorRouter() {
    Router router = bare(vertx);
    AllowedMethods methods = new AllowedMethods();
    installOperatorsProbes(router, methods, probes);
    api.installForOperator(router, settings, methods);
    return finished(router, methods);
  }

  /** The router of a node that is no gateway: how it is, and nothing else. */
  static Router probesAlone(Vertx vertx, Probes probes) {
    Router router = bare(vertx);
    AllowedMethods methods = new AllowedMethods();
    installOperatorsProbes(router, methods, probes);
    return finished(router, methods);
  }

  private static Router bare(Vertx vertx) {
    Router router = Router.router(vertx);
    router.route().handler(RequestId::assign);
    router.route().handler(HttpEdge::secure);
    return router;
  }

  private static Router finished(Router router, AllowedMethods methods) {
    router.route().handler(context -> leftOver(context, methods));
    ProblemAnswer.install(router);
    return router;
  }

  /**
   * The pages that tell whether to send traffic, and, where they have no port of their own, meters.
   */
  static void installProbes(
      Router router, AllowedMethods methods, Probes probes, HttpSettings settings) {
    if (settings.operator().isApart()) {
      installHealth(router, methods, probes);
    } else {
      installOperatorsProbes(router, methods, probes);
    }
  }

  /** All that an operator's tools ask, on the port where they ask. */
  static void installOperatorsProbes(Router router, AllowedMethods methods, Probes probes) {
    installHealth(router, methods, probes);
    page(router, methods, "/metrics", context -> metrics(context, probes));
  }

  private static void installHealth(Router router, AllowedMethods methods, Probes probes) {
    page(router, methods, "/healthz", context -> json(context, 200, status("up")));
    page(router, methods, "/readyz", context -> readiness(context, probes));
  }

  /** Lays a page, for GET and HEAD. */
  static void page(
      Router router, AllowedMethods methods, String path, Handler<RoutingContext> handler) {
    methods.add(HttpMethod.GET, path);
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
  }

  /** Nobody has answered: the path is unknown, or known for other methods. */
  private static void leftOver(RoutingContext context, AllowedMethods methods) {
    String allow = methods.of(context.normalizedPath());
    if (allow.isEmpty()) {
      context.fail(404);
    } else if (context.request().method().equals(HttpMethod.OPTIONS)) {
      context.response().setStatusCode(204).putHeader(HttpHeaders.ALLOW, allow).end();
    } else {
      ProblemAnswer.send(
          context,
          new HttpRefusal(
              HttpRefusal.METHOD_NOT_ALLOWED,
              "this path does not take this method",
              Map.of("Allow", allow)));
    }
  }

  /** Revalidated each time, so that a new version of the page is seen at once. */
  private static StaticHandler webPage() {
    return StaticHandler.create("web").setMaxAgeSeconds(0).setIncludeHidden(false);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void library(RoutingContext context, String jarPath) {
    String type = jarPath.endsWith(".css") ? "text/css" : "text/javascript";
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, type + "; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, A_DAY)
        .sendFile(JARS + jarPath);
  }

  private static void secure(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Security-Policy", CONTENT_SECURITY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin");
    // Said over an open line it would be worth nothing (RFC 6797, 7.2).
    if (context.request().isSSL()) {
      context.response().putHeader("Strict-Transport-Security", A_YEAR_BY_TLS_ALONE);
    }
    context.next();
  }

  private static void readiness(RoutingContext context, Probes probes) {
    List<String> waitingFor = probes.waitingFor().get();
    if (waitingFor.isEmpty()) {
      json(context, 200, status("ready"));
    } else {
      ProblemAnswer.sendUnready(context, waitingFor);
    }
  }

  private static void metrics(RoutingContext context, Probes probes) {
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(probes.metrics().get());
  }

  private static JsonObject status(String word) {
    return new JsonObject().put("status", word);
  }

  private static void json(RoutingContext context, int status, JsonObject body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(body.toBuffer());
  }
}
