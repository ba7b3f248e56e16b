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
   * @param proof the user that they are; fails with {@code UNAUTHENTICATED} where they are not
   */
  record Claim(String name, boolean byProvider, Supplier<Future<UserId>> proof) {
    Future<UserId> check() {
      return proof.get();
    }
  }

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
                : provider.apply(token).map(Profile::userId));
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

  /**
   * One refusal, after the same work, for an unknown handle, one without a password and a wrong
   * password.
   */
  private Future<UserId> check(Optional<Credentials> found, String password) {
    Optional<Credentials> known = found.filter(account -> account.passwordHash() != null);
    Future<Boolean> matches =
        known.isPresent()
            ? passwords.matches(password, known.get().passwordHash())
            : passwords.matchesNobody(password);
    return matches.compose(
        right ->
            right
                ? Future.succeededFuture(known.get().profile().userId())
                : refused("the handle or the password is wrong"));
  }

  private static <T> Future<T> refused(String detail) {
    return Future.failedFuture(new FailureException(Failure.UNAUTHENTICATED, detail));
  }
}
