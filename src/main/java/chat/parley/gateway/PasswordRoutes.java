package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.auth.Accounts;
import chat.parley.auth.Accounts.Credentials;
import chat.parley.auth.Passwords;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Optional;

/** One's own password. */
final class PasswordRoutes {
  /** Where it is changed; each try counts as one to sign in. */
  static final String PATH = "/v1/users/me/password";

  private final Accounts accounts;
  private final Passwords passwords;
  private final SignOut signOut;
  private final Audit audit;
  private final boolean builtIn;

  PasswordRoutes(EdgeServices services) {
    this.accounts = services.accounts();
    this.passwords = services.passwords();
    this.signOut = new SignOut(services);
    this.audit = services.security().audit();
    this.builtIn = services.authSettings().builtInAccounts();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.PUT, PATH, this::change);
  }

  /** The new one, of those that a user names. */
  static String wished(JsonInput json) {
    return json.text("newPassword", AccountRoutes.MIN_PASSWORD, AccountRoutes.MAX_PASSWORD);
  }

  /**
   * Fails where passwords open nothing: with {@code FORBIDDEN}, or {@code CONFLICT} for one user.
   */
  static Future<Credentials> withPassword(boolean builtIn, Credentials account) {
    if (!builtIn) {
      return Future.failedFuture(
          new FailureException(Failure.FORBIDDEN, "this server knows no passwords"));
    }
    return account.hasPassword()
        ? Future.succeededFuture(account)
        : Future.failedFuture(
            new FailureException(
                Failure.CONFLICT, "this account is signed in to by the identity provider only"));
  }

  /**
   * The password first: who knew the old one must not come in again once they are out. Where that
   * was done and the answer lost, the same call finds it done and goes on.
   */
  private Future<RestAnswer> change(RestRequest request) {
    JsonInput json = request.json();
    String current = json.text("currentPassword", 1, AccountRoutes.MAX_PASSWORD);
    String wished = wished(json);
    return accounts
        .credentialsOf(request.self())
        .map(found -> found.orElseThrow(AccountAdminRoutes::noSuchUser))
        .compose(account -> withPassword(builtIn, account))
        .compose(account -> change(request, account, current, wished))
        .compose(set -> signOut.ofAll(request.self(), Optional.of(request.principal().family())))
        .map(ended -> RestAnswer.done());
  }

  private Future<Void> change(
      RestRequest request, Credentials account, String current, String wished) {
    return passwords
        .matches(current, account.passwordHash())
        .compose(
            right ->
                right
                    ? set(request, account, wished)
                    : passwords
                        .matches(wished, account.passwordHash())
                        .compose(done -> done ? Future.succeededFuture() : wrong(request)));
  }

  private Future<Void> set(RestRequest request, Credentials account, String wished) {
    return passwords
        .hash(wished)
        .compose(hash -> accounts.setPassword(request.self(), account.passwordHash(), hash))
        .compose(
            set ->
                set
                    ? record(AuditAction.PASSWORD_CHANGED, request)
                    : Future.failedFuture(
                        new FailureException(
                            Failure.CONFLICT, "somebody else has just changed the password")));
  }

  private Future<Void> wrong(RestRequest request) {
    return record(AuditAction.PASSWORD_REFUSED, request)
        .compose(
            recorded ->
                Future.failedFuture(
                    new FailureException(Failure.FORBIDDEN, "the current password is wrong")));
  }

  private Future<Void> record(AuditAction action, RestRequest request) {
    return audit
        .record(
            AuditEvent.of(action, request.self().value())
                .with("from", request.remoteHost())
                .with("device", request.principal().deviceId().value()))
        .otherwiseEmpty();
  }
}
