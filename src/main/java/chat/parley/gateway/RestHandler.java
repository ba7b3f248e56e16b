package chat.parley.gateway;

import io.vertx.core.Future;

/**
 * Answers one REST call; fails or throws with {@code FailureException} to refuse it. What else it
 * fails with is logged and shown as {@code unavailable}.
 */
@FunctionalInterface
interface RestHandler {
  Future<RestAnswer> handle(RestRequest request);
}
