package chat.parley.gateway;

import chat.parley.model.Ids;
import io.vertx.ext.web.RoutingContext;

/**
 * Names one request in its answer and in the log: the caller's {@code X-Request-Id}, or a new one.
 */
final class RequestId {
  private static final String HEADER = "X-Request-Id";
  private static final String KEY = "parley.requestId";

  private RequestId() {}

  /** Gives the request its id and goes on. */
  static void assign(RoutingContext context) {
    String given = context.request().getHeader(HEADER);
    String id = Ids.isValid(given) ? given : Ids.fresh();
    context.put(KEY, id);
    context.response().putHeader(HEADER, id);
    context.next();
  }

  static String of(RoutingContext context) {
    String id = context.get(KEY);
    return id == null ? Ids.fresh() : id;
  }
}
