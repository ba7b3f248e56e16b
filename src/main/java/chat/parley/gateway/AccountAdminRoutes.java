package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.auth.Accounts;
import chat.parley.auth.Accounts.Credentials;
import chat.parley.auth.Admins;
import chat.parley.auth.Devices;
import chat.parley.auth.Passwords;
import chat.parley.auth.Profile;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Other people's accounts, for admins: who left, who lost a device, who forgot a password. Whatever
 * is done here, messages stay, and so do memberships.
 */
final class AccountAdminRoutes {
  private static final String USER = "/v1/admin/users/:userId";
  private static final int TRIES = 5;

  private final Admins admins;
  private final Accounts accounts;
  private final Devices devices;
  private final Passwords passwords;
  private final SignOut signOut;
  private final Audit audit;
  private final boolean builtIn;

  AccountAdminRoutes(EdgeServices services) {
    this.admins = new Admins(services.authSettings(), services.accounts());
    this.accounts = services.accounts();
    this.devices = services.devices();
    this.passwords = services.passwords();
    this.signOut = new SignOut(services);
    this.audit = services.security().audit();
    this.builtIn = services.authSettings().builtInAccounts();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, USER, asAdmin(this::show));
    routes.signedIn(HttpMethod.PUT, USER + "/password", asAdmin(this::reset));
    routes.signedIn(HttpMethod.PUT, USER + "/suspension", asAdmin(this::suspend));
    routes.signedIn(HttpMethod.DELETE, USER + "/suspension", asAdmin(this::restore));
    routes.signedIn(HttpMethod.DELETE, USER + "/sessions", asAdmin(this::signOut));
  }

  static FailureException noSuchUser() {
    return new FailureException(Failure.NOT_FOUND, "no such user");
  }

  /** Nothing of the request is looked at before it is known who asks. */
  private RestHandler asAdmin(BiFunction<RestRequest, Credentials, Future<RestAnswer>> step) {
    return request ->
        admins
            .require(request.self())
            .compose(admin -> accounts.credentialsOf(request.self()))
            .compose(AccountAdminRoutes::requireOpen)
            .compose(open -> accounts.credentialsOf(request.userId()))
            .map(found -> found.orElseThrow(AccountAdminRoutes::noSuchUser))
            .compose(account -> step.apply(request, account));
  }

  /** An admin who has just been suspended does not undo it. */
  private static Future<Void> requireOpen(Optional<Credentials> admin) {
    return admin.isPresent() && admin.get().suspended()
        ? Future.failedFuture(new FailureException(Failure.FORBIDDEN, "this account is suspended"))
        : Future.succeededFuture();
  }

  private Future<RestAnswer> show(RestRequest request, Credentials account) {
    Profile profile = account.profile();
    return devices
        .of(profile.userId())
        .map(
            signedIn ->
                RestAnswer.ok(
                    WireJson.profile(profile)
                        .put("suspended", account.suspended())
                        .put("hasPassword", account.hasPassword())
                        .put("devices", signedIn.size())));
  }

  private Future<RestAnswer> reset(RestRequest request, Credentials account) {
    String wished = PasswordRoutes.wished(request.json());
    UserId user = account.profile().userId();
    if (user.equals(request.self())) {
      // Without the current one, whoever has stolen a token would have the account.
      return Future.failedFuture(
          new FailureException(Failure.CONFLICT, "change your own by " + PasswordRoutes.PATH));
    }
    return PasswordRoutes.withPassword(builtIn, account)
        .compose(withPassword -> passwords.hash(wished))
        .compose(hash -> replace(user, hash, TRIES))
        .compose(set -> record(AuditAction.PASSWORD_RESET, request, user))
        .compose(recorded -> outEverywhere(user));
  }

  /** Over whatever its user does at the same time. */
  private Future<Void> replace(UserId user, String hash, int tries) {
    return accounts
        .credentialsOf(user)
        .map(found -> found.orElseThrow(AccountAdminRoutes::noSuchUser))
        .compose(now -> accounts.setPassword(user, now.passwordHash(), hash))
        .compose(
            set -> {
              if (set) {
                return Future.succeededFuture();
              }
              return tries > 1
                  ? replace(user, hash, tries - 1)
                  : Future.failedFuture(
                      new FailureException(Failure.CONFLICT, "the password is being changed"));
            });
  }

  /** Whoever does it to themselves can never undo it. */
  private Future<RestAnswer> suspend(RestRequest request, Credentials account) {
    UserId user = account.profile().userId();
    if (user.equals(request.self())) {
      return Future.failedFuture(
          new FailureException(Failure.CONFLICT, "nobody suspends their own account"));
    }
    return accounts
        .suspend(user, true)
        .compose(shut -> record(AuditAction.USER_SUSPENDED, request, user))
        .compose(recorded -> outEverywhere(user));
  }

  private Future<RestAnswer> restore(RestRequest request, Credentials account) {
    UserId user = account.profile().userId();
    return accounts
        .suspend(user, false)
        .compose(open -> record(AuditAction.USER_RESTORED, request, user))
        .map(recorded -> RestAnswer.done());
  }

  private Future<RestAnswer> signOut(RestRequest request, Credentials account) {
    UserId user = account.profile().userId();
    return record(AuditAction.USER_SIGNED_OUT, request, user)
        .compose(recorded -> outEverywhere(user));
  }

  /** After it is written down: where it comes only half the way, that is to be seen. */
  private Future<RestAnswer> outEverywhere(UserId user) {
    return signOut.ofAll(user, Optional.empty()).map(ended -> RestAnswer.done());
  }

  private Future<Void> record(AuditAction action, RestRequest request, UserId user) {
    return audit
        .record(
            AuditEvent.of(action, request.self().value())
                .with("from", request.remoteHost())
                .with("user", user.value()))
        .otherwiseEmpty();
  }
}
