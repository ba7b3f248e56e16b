package chat.parley.gateway;

import chat.parley.model.Ids;
import io.vertx.ext.web.RoutingContext;

/**
 * Names one request in its answer and in the log: the caller's {@code X-Request-Id}, or a new one.
 */
final class RequestId {
  static final String HEADER = "X-Request-Id";
  private static final String KEY = "parley.requestId";

  private RequestId() {}

  /** Gives the request its id and goes on. */
  static void assign(RoutingContext context) {
    String given = context.request().getHeader(HEADER);
    String id = Ids.isValid(given) ? given : Ids.fresh();
    put(context, id);
    context.next();
  }

  static String of(RoutingContext context) {
    String id = context.get(KEY);
    return id == null ? put(context, Ids.fresh()) : id;
  }

  private static String put(RoutingContext context, String id) {
    context.put(KEY, id);
    if (!context.response().headWritten()) {
      context.response().putHeader(HEADER, id);
    }
    return id;
  }
}
