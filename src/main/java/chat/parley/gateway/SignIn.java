package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.auth.Accounts.Credentials;
import chat.parley.auth.Passwords;
import chat.parley.auth.Profile;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Who signs in: by handle and password, or by an ID token of the identity provider. */
final class SignIn {
  private static final int MAX_IDENTITY_TOKEN = 8_192;

  /** Longer ones get so far that they are refused as what they are. */
  private static final int MAX_BODY = 65_536;

  private static final String WRONG = "the handle or the password is wrong";

  private final Accounts accounts;
  private final Passwords passwords;
  private final boolean builtIn;
  private final Optional<Function<String, Future<Profile>>> byProvider;

  SignIn(EdgeServices services) {
    this.accounts = services.accounts();
    this.passwords = services.passwords();
    this.builtIn = services.authSettings().builtInAccounts();
    this.byProvider = services.security().byProvider();
  }

  /**
   * What somebody says of who they are, not yet checked.
   *
   * @param name what they call themselves, for the audit log
   * @param proof who they are; fails with {@code UNAUTHENTICATED} where they are not
   */
  record Claim(String name, boolean byProvider, Supplier<Future<Proven>> proof) {
    Future<Proven> check() {
      return proof.get();
    }
  }

  /**
   * Somebody who has shown who they are.
   *
   * @param stands asks once more: fails where the account was shut or given another password
   *     meanwhile. To be asked once the session is stored, since whoever does these ends the
   *     sessions that they find
   */
  record Proven(UserId user, Supplier<Future<Void>> stands) {}

  /** Fails by name where the input is none, or asks for a way that this server has switched off. */
  Claim claim(JsonInput json) {
    if (!json.has("identityToken")) {
      return byPassword(json);
    }
    if (json.has("handle") || json.has("password")) {
      throw JsonInput.refused("either identityToken or handle and password");
    }
    String token = json.text("identityToken", 1, MAX_BODY);
    Function<String, Future<Profile>> provider =
        byProvider.orElseThrow(
            () ->
                new FailureException(
                    Failure.FORBIDDEN, "this server has no identity provider (auth.oidc.issuer)"));
    return new Claim(
        "identity token",
        true,
        () ->
            token.length() > MAX_IDENTITY_TOKEN
                ? refused("the identity token is too long")
                : provider.apply(token).compose(profile -> byProvider(profile.userId())));
  }

  private Claim byPassword(JsonInput json) {
    if (!builtIn) {
      throw new FailureException(
          Failure.FORBIDDEN, "sign in with the organisation's identity provider: identityToken");
    }
    String handle = AccountRoutes.handle(json);
    String password = json.text("password", 1, AccountRoutes.MAX_PASSWORD);
    return new Claim(
        handle,
        false,
        () -> accounts.credentialsOf(handle).compose(found -> check(found, password)));
  }

  private Future<Proven> byProvider(UserId user) {
    Supplier<Future<Void>> stands =
        () ->
            accounts
                .credentialsOf(user)
                .compose(
                    found ->
                        found.isPresent() && found.get().suspended()
                            ? suspended()
                            : Future.succeededFuture());
    return stands.get().map(open -> new Proven(user, stands));
  }

  /**
   * One refusal, after the same work, for an unknown handle, one without a password and a wrong
   * password.
   */
  private Future<Proven> check(Optional<Credentials> found, String password) {
    Optional<Credentials> known = found.filter(Credentials::hasPassword);
    Future<Boolean> matches =
        known.isPresent()
            ? passwords.matches(password, known.get().passwordHash())
            : passwords.matchesNobody(password);
    return matches.compose(right -> right ? proven(known.get()) : refused(WRONG));
  }

  /** That an account is shut is for those only who know its password. */
  private Future<Proven> proven(Credentials shown) {
    UserId user = shown.profile().userId();
    return shown.suspended()
        ? suspended()
        : Future.succeededFuture(new Proven(user, () -> isStill(shown)));
  }

  private Future<Void> isStill(Credentials shown) {
    return accounts
        .credentialsOf(shown.profile().userId())
        .compose(
            now -> {
              if (now.isPresent() && now.get().suspended()) {
                return suspended();
              }
              return now.isPresent() && shown.passwordHash().equals(now.get().passwordHash())
                  ? Future.succeededFuture()
                  : refused(WRONG);
            });
  }

  private static <T> Future<T> suspended() {
    return Future.failedFuture(
        new FailureException(Failure.FORBIDDEN, "this account is suspended"));
  }

  private static <T> Future<T> refused(String detail) {
    return Future.failedFuture(new FailureException(Failure.UNAUTHENTICATED, detail));
  }
}
