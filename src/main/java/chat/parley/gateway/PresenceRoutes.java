package chat.parley.gateway;

import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.model.Ids;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceState;
import chat.parley.registry.Presences;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Users' presence, by the same rule as on the socket: whom one may not see is offline. */
final class PresenceRoutes {
  /** What fits into the line of a request. */
  private static final int MAX_USERS = 100;

  private final Presences presences;
  private final PresenceSight sight;

  PresenceRoutes(EdgeServices services) {
    this.presences = services.presences();
    this.sight = new PresenceSight(services.bus(), new LiveMeters(services.meters()));
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/presence", this::look);
  }

  private Future<RestAnswer> look(RestRequest request) {
    Set<UserId> users = users(request);
    return presences
        .look(users)
        .compose(
            states -> {
              Map<UserId, PresenceVisibility> visibleTo = new HashMap<>();
              users.forEach(user -> visibleTo.put(user, state(states, user).visibleTo()));
              return sight
                  .of(request.self(), visibleTo, false)
                  .map(seen -> RestAnswer.ok(answer(users, states, seen)));
            });
  }

  private static PresenceState state(Map<UserId, PresenceState> states, UserId user) {
    return states.getOrDefault(user, PresenceState.UNKNOWN);
  }

  private static JsonObject answer(
      Set<UserId> users, Map<UserId, PresenceState> states, PresenceSight.Seen seen) {
    Map<UserId, Long> stored = new HashMap<>();
    for (Stored one : seen.stored()) {
      stored.put(one.userId(), one.lastSeenAt());
    }
    JsonObject answer = new JsonObject();
    for (UserId user : users) {
      PresenceState state = state(states, user);
      boolean visible = seen.visible().contains(user);
      answer.put(
          user.value(),
          visible
              ? PresenceJson.of(
                  state.status(), Math.max(state.lastSeenAt(), stored.getOrDefault(user, 0L)))
              : PresenceJson.of(PresenceStatus.OFFLINE, 0));
    }
    return answer;
  }

  private static Set<UserId> users(RestRequest request) {
    String[] ids =
        request
            .query("userIds")
            .orElseThrow(() -> JsonInput.refused("userIds is required"))
            .split(",", -1);
    if (ids.length > MAX_USERS) {
      throw JsonInput.refused("userIds must name at most " + MAX_USERS + " users");
    }
    Set<UserId> users = new LinkedHashSet<>();
    for (String id : ids) {
      if (!Ids.isValid(id)) {
        throw JsonInput.refused("userIds must be user ids with commas between them");
      }
      users.add(new UserId(id));
    }
    return users;
  }
}
