package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.auth.Accounts.Credentials;
import chat.parley.auth.Devices;
import chat.parley.auth.Devices.Outcome;
import chat.parley.auth.Devices.Renewal;
import chat.parley.auth.Passwords;
import chat.parley.auth.Tokens;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Signing in, renewing tokens, signing out. */
final class SessionRoutes {
  private static final int MAX_REFRESH_TOKEN = 256;

  private final Accounts accounts;
  private final Devices devices;
  private final Passwords passwords;
  private final Tokens tokens;
  private final SignOut signOut;

  SessionRoutes(EdgeServices services) {
    this.accounts = services.accounts();
    this.devices = services.devices();
    this.passwords = services.passwords();
    this.tokens = services.tokens();
    this.signOut = new SignOut(services);
  }

  void install(RestRoutes routes) {
    routes.open(HttpMethod.POST, "/v1/sessions", this::signIn);
    routes.open(HttpMethod.POST, "/v1/sessions/refresh", this::refresh);
    routes.signedIn(HttpMethod.DELETE, "/v1/sessions/current", this::signOut);
  }

  private Future<RestAnswer> signIn(RestRequest request) {
    JsonInput json = request.json();
    String handle = AccountRoutes.handle(json);
    String password = json.text("password", 1, AccountRoutes.MAX_PASSWORD);
    JsonInput device = json.within("device");
    DeviceId deviceId = new DeviceId(device.has("deviceId") ? device.id("deviceId") : Ids.fresh());
    String name = device.has("name") ? device.line("name", AccountRoutes.MAX_NAME) : "unnamed";
    return accounts
        .credentialsOf(handle)
        .compose(found -> check(found, password))
        .compose(
            user ->
                devices
                    .signIn(user, deviceId, name)
                    .map(refreshToken -> session(user, deviceId, refreshToken)))
        .map(RestAnswer::created);
  }

  /** One refusal for an unknown handle and a wrong password, after the same work. */
  private Future<UserId> check(Optional<Credentials> found, String password) {
    Future<Boolean> matches =
        found.isPresent()
            ? passwords.matches(password, found.get().passwordHash())
            : passwords.matchesNobody(password);
    return matches.compose(
        right ->
            right
                ? Future.succeededFuture(found.get().profile().userId())
                : refused("the handle or the password is wrong"));
  }

  private Future<RestAnswer> refresh(RestRequest request) {
    String refreshToken = request.json().text("refreshToken", 1, MAX_REFRESH_TOKEN);
    return devices.renew(refreshToken).compose(this::renewed);
  }

  private Future<RestAnswer> renewed(Renewal renewal) {
    if (renewal.outcome() == Outcome.RENEWED) {
      return Future.succeededFuture(
          RestAnswer.ok(session(renewal.userId(), renewal.deviceId(), renewal.refreshToken())));
    }
    if (renewal.outcome() == Outcome.REPLAYED) {
      signOut.closeSockets(renewal.userId(), renewal.deviceId());
    }
    return refused("the refresh token is not valid");
  }

  private Future<RestAnswer> signOut(RestRequest request) {
    return signOut.of(request.self(), request.principal().deviceId()).map(was -> RestAnswer.done());
  }

  private JsonObject session(UserId user, DeviceId device, String refreshToken) {
    Tokens.AccessToken access = tokens.issue(user, device);
    return new JsonObject()
        .put("userId", user.value())
        .put("deviceId", device.value())
        .put("accessToken", access.token())
        .put("expiresAt", ServerFrames.time(access.expiresAt()))
        .put("refreshToken", refreshToken);
  }

  private static <T> Future<T> refused(String detail) {
    return Future.failedFuture(new FailureException(Failure.UNAUTHENTICATED, detail));
  }
}
