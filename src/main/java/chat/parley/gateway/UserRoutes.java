package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.regex.Pattern;

/** The directory, and one's own profile. */
final class UserRoutes {
  private static final int USUAL_HITS = 20;
  private static final int MAX_HITS = 50;
  private static final Pattern PREFIX = Pattern.compile("[a-z0-9_.-]{1,32}");

  private final Accounts accounts;

  UserRoutes(EdgeServices services) {
    this.accounts = services.accounts();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/users", this::search);
    routes.signedIn(HttpMethod.GET, "/v1/users/:userId", this::find);
    routes.signedIn(HttpMethod.PATCH, "/v1/users/me", this::rename);
  }

  private Future<RestAnswer> search(RestRequest request) {
    int limit = request.limit(USUAL_HITS, MAX_HITS);
    String query =
        request
            .query("query")
            .orElseThrow(() -> JsonInput.refused("query is required"))
            .strip()
            .toLowerCase(Locale.ROOT);
    if (!PREFIX.matcher(query).matches()) {
      // No handle has such characters, so nobody is found: no fault of somebody who is typing.
      return Future.succeededFuture(RestAnswer.ok(new JsonObject().put("items", new JsonArray())));
    }
    return accounts
        .search(query, limit)
        .map(
            found -> {
              JsonArray items = new JsonArray();
              found.forEach(profile -> items.add(WireJson.profile(profile)));
              return RestAnswer.ok(new JsonObject().put("items", items));
            });
  }

  private Future<RestAnswer> find(RestRequest request) {
    return accounts
        .find(request.userId())
        .map(
            found ->
                RestAnswer.ok(
                    WireJson.profile(
                        found.orElseThrow(
                            () -> new FailureException(Failure.NOT_FOUND, "no such user")))));
  }

  private Future<RestAnswer> rename(RestRequest request) {
    String displayName = request.json().line("displayName", AccountRoutes.MAX_NAME);
    return accounts
        .rename(request.self(), displayName)
        .map(profile -> RestAnswer.ok(WireJson.profile(profile)));
  }
}
