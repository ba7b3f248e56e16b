package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.auth.Profile;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.PresenceMessages.Show;
import chat.parley.bus.PresenceMessages.VisibilityQuery;
import chat.parley.bus.PresenceMessages.VisibleTo;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The directory, and one's own profile. */
final class UserRoutes {
  private static final String VISIBLE_TO = "presenceVisibleTo";
  private static final int USUAL_HITS = 20;
  private static final int MAX_HITS = 50;
  private static final Pattern PREFIX = Pattern.compile("[a-z0-9_.-]{1,64}");

  private final Accounts accounts;
  private final Bus bus;

  UserRoutes(EdgeServices services) {
    this.accounts = services.accounts();
    this.bus = services.bus();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/users", this::search);
    routes.signedIn(HttpMethod.GET, "/v1/users/:userId", this::find);
    routes.signedIn(HttpMethod.PATCH, "/v1/users/me", this::change);
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
    UserId user = request.userId();
    Future<Profile> profile = accounts.find(user).map(UserRoutes::existing);
    return user.equals(request.self())
        ? profile.compose(own -> visibility(user).map(visible -> ownProfile(own, visible)))
        : profile.map(other -> RestAnswer.ok(WireJson.profile(other)));
  }

  private static Profile existing(Optional<Profile> found) {
    return found.orElseThrow(() -> new FailureException(Failure.NOT_FOUND, "no such user"));
  }

  /** What only the user themselves is shown of their profile stands behind it. */
  private static RestAnswer ownProfile(Profile own, VisibleTo visible) {
    return RestAnswer.ok(WireJson.profile(own).put(VISIBLE_TO, visible.visibleTo().wireName()));
  }

  private Future<VisibleTo> visibility(UserId user) {
    return bus.request(Addresses.PRESENCE, new VisibilityQuery(user), VisibleTo.class);
  }

  private Future<RestAnswer> change(RestRequest request) {
    JsonInput json = request.json();
    Optional<PresenceVisibility> visibleTo =
        json.choice(VISIBLE_TO, PresenceVisibility.ALL, PresenceVisibility::wireName);
    UserId self = request.self();
    if (visibleTo.isEmpty()) {
      return rename(self, json)
          .compose(own -> visibility(self).map(visible -> ownProfile(own, visible)));
    }
    Future<Profile> profile =
        json.has("displayName")
            ? rename(self, json)
            : accounts.find(self).map(UserRoutes::existing);
    return profile.compose(
        own ->
            bus.request(Addresses.PRESENCE, new Show(self, visibleTo.get()), VisibleTo.class)
                .map(visible -> ownProfile(own, visible)));
  }

  private Future<Profile> rename(UserId self, JsonInput json) {
    return accounts.rename(self, json.line("displayName", AccountRoutes.MAX_NAME));
  }
}
