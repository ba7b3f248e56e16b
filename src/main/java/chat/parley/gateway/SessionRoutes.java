package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.auth.Accounts;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.Devices;
import chat.parley.auth.Devices.Device;
import chat.parley.auth.Devices.NewDevice;
import chat.parley.auth.Devices.Outcome;
import chat.parley.auth.Devices.Renewal;
import chat.parley.auth.Devices.SignedIn;
import chat.parley.auth.Revocations;
import chat.parley.auth.Tokens;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** Signing in, renewing tokens, signing out. */
final class SessionRoutes {
  private static final int MAX_REFRESH_TOKEN = 256;

  /** 128 bits in the alphabet of base64. */
  private static final int MIN_RENEWAL_ID = 22;

  private static final int MAX_RENEWAL_ID = 64;
  private static final Pattern PLATFORM = Pattern.compile("[a-z0-9-]{1,32}");

  private final SignIn signIn;
  private final Accounts accounts;
  private final Devices devices;
  private final Revocations revocations;
  private final Tokens tokens;
  private final SignOut signOut;
  private final Audit audit;
  private final AuthSettings settings;

  SessionRoutes(EdgeServices services) {
    this.signIn = new SignIn(services);
    this.accounts = services.accounts();
    this.devices = services.devices();
    this.revocations = services.security().revocations();
    this.tokens = services.tokens();
    this.signOut = new SignOut(services);
    this.audit = services.security().audit();
    this.settings = services.authSettings();
  }

  void install(RestRoutes routes) {
    routes.open(HttpMethod.POST, "/v1/sessions", this::signIn);
    routes.open(HttpMethod.POST, "/v1/sessions/refresh", this::refresh);
    routes.signedIn(HttpMethod.DELETE, "/v1/sessions/current", this::signOut);
  }

  private Future<RestAnswer> signIn(RestRequest request) {
    JsonInput json = request.json();
    SignIn.Claim claim = signIn.claim(json);
    NewDevice device = device(json.within("device"), claim.byProvider());
    boolean makeRoom = json.flag("signOutOldest");
    return claim
        .check()
        .compose(
            proven ->
                enter(proven.user(), device, makeRoom)
                    .compose(in -> stay(proven, device, in))
                    .map(in -> session(proven.user(), device, in)))
        .recover(cause -> refused(request, claim, cause))
        .compose(
            session ->
                audit
                    .record(
                        event(AuditAction.SESSION_CREATED, session.getString("userId"), request)
                            .with("as", claim.name())
                            .with("device", device.deviceId().value())
                            .with("platform", device.platform()))
                    .otherwiseEmpty()
                    .map(RestAnswer.created(session)));
  }

  /** Its own name and platform are what a device says they are: shown to its user, nothing more. */
  private NewDevice device(JsonInput json, boolean byProvider) {
    return new NewDevice(
        new DeviceId(json.has("deviceId") ? json.id("deviceId") : Ids.fresh()),
        json.has("name") ? json.line("name", AccountRoutes.MAX_NAME) : "unnamed",
        json.has("platform")
            ? json.matching("platform", PLATFORM, "1 to 32 characters of [a-z0-9-]")
            : "unknown",
        byProvider
            ? Optional.of(Duration.ofSeconds(settings.oidc().sessionSeconds()))
            : Optional.empty());
  }

  private Future<SignedIn> enter(UserId user, NewDevice device, boolean makeRoom) {
    Future<SignedIn> entered = signIn(user, device);
    return makeRoom
        ? entered.recover(
            cause ->
                isFull(cause)
                    ? signOutOldest(user).compose(gone -> signIn(user, device))
                    : Future.failedFuture(cause))
        : entered;
  }

  private Future<SignedIn> stay(SignIn.Proven proven, NewDevice device, SignedIn in) {
    return proven
        .stands()
        .get()
        .map(in)
        .recover(
            cause ->
                signOut
                    .end(proven.user(), device.deviceId(), in.family())
                    .transform(ended -> Future.failedFuture(cause)));
  }

  private Future<SignedIn> signIn(UserId user, NewDevice device) {
    return devices.signIn(user, device, revocations::revoke);
  }

  private static boolean isFull(Throwable cause) {
    return cause instanceof FailureException refused && refused.failure() == Failure.CONFLICT;
  }

  private Future<Boolean> signOutOldest(UserId user) {
    return devices
        .of(user)
        .compose(
            own ->
                own.stream()
                    .min(Comparator.comparingLong(Device::lastSeenAt))
                    .map(oldest -> signOut.of(user, oldest.deviceId()))
                    .orElse(Future.succeededFuture(false)));
  }

  private Future<JsonObject> refused(RestRequest request, SignIn.Claim claim, Throwable cause) {
    // What the server could not do is no attempt on an account.
    return cause instanceof FailureException refusal && !refusal.failure().retryable()
        ? audit
            .record(
                event(AuditAction.SESSION_REFUSED, claim.name(), request)
                    .outcome(refusal.failure().code())
                    .with("detail", refusal.getMessage()))
            .transform(recorded -> Future.failedFuture(cause))
        : Future.failedFuture(cause);
  }

  private Future<RestAnswer> refresh(RestRequest request) {
    String refreshToken = request.json().text("refreshToken", 1, MAX_REFRESH_TOKEN);
    Optional<String> renewalId =
        request.json().has("renewalId")
            ? Optional.of(request.json().text("renewalId", MIN_RENEWAL_ID, MAX_RENEWAL_ID))
            : Optional.empty();
    return devices.renew(refreshToken, renewalId).compose(renewal -> renewed(request, renewal));
  }

  private Future<RestAnswer> renewed(RestRequest request, Renewal renewal) {
    if (renewal.outcome() == Outcome.RENEWED) {
      return mayRenew(renewal)
          .compose(
              may ->
                  may
                      ? Future.succeededFuture(
                          RestAnswer.ok(
                              session(
                                  renewal.userId(),
                                  renewal.deviceId(),
                                  new SignedIn(renewal.family(), renewal.refreshToken()))))
                      : signOut
                          .end(renewal.userId(), renewal.deviceId(), renewal.family())
                          .compose(ended -> noRefreshToken()));
    }
    if (renewal.outcome() == Outcome.REPLAYED) {
      return signOut
          .end(renewal.userId(), renewal.deviceId(), renewal.family())
          .compose(
              ended ->
                  audit
                      .record(
                          event(AuditAction.SESSION_REPLAYED, renewal.userId().value(), request)
                              .with("device", renewal.deviceId().value()))
                      .otherwiseEmpty())
          .compose(recorded -> noRefreshToken());
    }
    return noRefreshToken();
  }

  /** Whoever ended the sign-in, or shut the account, may have come no further than to say so. */
  private Future<Boolean> mayRenew(Renewal renewal) {
    return revocations.isRevoked(renewal.family())
        ? Future.succeededFuture(false)
        : accounts
            .credentialsOf(renewal.userId())
            .map(found -> found.isEmpty() || !found.get().suspended());
  }

  private Future<RestAnswer> signOut(RestRequest request) {
    DeviceId device = request.principal().deviceId();
    return signOut
        .of(request.self(), device)
        .compose(
            was ->
                audit
                    .record(
                        event(AuditAction.SESSION_ENDED, request.self().value(), request)
                            .with("device", device.value()))
                    .otherwiseEmpty())
        .map(recorded -> RestAnswer.done());
  }

  private JsonObject session(UserId user, NewDevice device, SignedIn signedIn) {
    return session(user, device.deviceId(), signedIn);
  }

  private JsonObject session(UserId user, DeviceId device, SignedIn signedIn) {
    Tokens.AccessToken access = tokens.issue(user, device, signedIn.family());
    return new JsonObject()
        .put("userId", user.value())
        .put("deviceId", device.value())
        .put("accessToken", access.token())
        .put("expiresAt", ServerFrames.time(access.expiresAt()))
        .put("refreshToken", signedIn.refreshToken());
  }

  private static AuditEvent event(AuditAction action, String actor, RestRequest request) {
    return AuditEvent.of(action, actor).with("from", request.remoteHost());
  }

  private static <T> Future<T> noRefreshToken() {
    return Future.failedFuture(
        new FailureException(Failure.UNAUTHENTICATED, "the refresh token is not valid"));
  }
}
