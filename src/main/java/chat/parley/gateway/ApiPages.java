package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The API's documents, {@code /openapi.yaml} and {@code /asyncapi.yaml}, the same as JSON for those
 * who would rather have that, and {@code /docs}, where both can be read.
 */
final class ApiPages {
  private static final List<String> DOCUMENTS = List.of("openapi", "asyncapi");

  private ApiPages() {}

  static void install(Vertx vertx, Router router, AllowedMethods methods) {
    // Made when somebody asks: a node that starts has better to do than to parse them.
    Map<String, Future<Buffer>> made = new ConcurrentHashMap<>();
    for (String name : DOCUMENTS) {
      String yaml = "web/" + name + ".yaml";
      HttpEdge.page(
          router,
          methods,
          "/" + name + ".yaml",
          context -> head(context, "application/yaml").sendFile(yaml));
      HttpEdge.page(
          router,
          methods,
          "/" + name + ".json",
          context ->
              made.computeIfAbsent(yaml, file -> vertx.executeBlocking(() -> json(file)))
                  .onSuccess(text -> head(context, "application/json").end(text))
                  .onFailure(context::fail));
    }
    // What the page asks for lies beside it.
    HttpEdge.page(
        router,
        methods,
        "/docs",
        context -> {
          if (context.request().path().endsWith("/")) {
            context.next();
          } else {
            context.response().setStatusCode(308).putHeader(HttpHeaders.LOCATION, "/docs/").end();
          }
        });
  }

  private static HttpServerResponse head(RoutingContext context, String type) {
    return context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=0");
  }

  private static Buffer json(String yaml) throws IOException {
    try (InputStream in = ApiPages.class.getClassLoader().getResourceAsStream(yaml)) {
      LoaderOptions options = new LoaderOptions();
      options.setMaxAliasesForCollections(1_000);
      Map<String, Object> document = new Yaml(new SafeConstructor(options)).load(in);
      return new JsonObject(document).toBuffer();
    }
  }
}
