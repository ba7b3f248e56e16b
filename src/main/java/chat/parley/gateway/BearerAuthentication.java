package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.auth.Tokens;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * Who calls: the bearer of a valid token in the {@code Authorization} header. Every failure is
 * {@code UNAUTHENTICATED}.
 */
final class BearerAuthentication {
  private static final String SCHEME = "Bearer ";

  /** A URL ends up in logs, histories and Referer headers. */
  private static final List<String> SECRETS = List.of("token", "access_token", "accessToken");

  private final Tokens tokens;

  BearerAuthentication(Tokens tokens) {
    this.tokens = tokens;
  }

  Future<Principal> of(HttpServerRequest request) {
    List<String> headers = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (headers.size() != 1 || !headers.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return refused("a token is required: Authorization: Bearer …");
    }
    return tokens.verify(headers.get(0).substring(SCHEME.length()).strip());
  }

  /** Throws {@code BAD_REQUEST} where a token stands in the query, whatever else is there. */
  static void refuseTokenInUrl(RoutingContext context) {
    if (SECRETS.stream().anyMatch(name -> !context.queryParam(name).isEmpty())) {
      throw JsonInput.refused("a token belongs into the Authorization header, never a URL");
    }
  }

  private static Future<Principal> refused(String detail) {
    return Future.failedFuture(new FailureException(Failure.UNAUTHENTICATED, detail));
  }
}
