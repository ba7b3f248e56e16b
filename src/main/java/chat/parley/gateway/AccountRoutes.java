package chat.parley.gateway;

import chat.parley.auth.Accounts;
import chat.parley.auth.Passwords;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;
import java.util.regex.Pattern;

/** Signing up. */
final class AccountRoutes {
  static final int MIN_PASSWORD = 8;
  static final int MAX_PASSWORD = 128;
  static final int MAX_NAME = 64;

  private static final Pattern HANDLE = Pattern.compile("[A-Za-z0-9_.-]{2,32}");

  private final Accounts accounts;
  private final Passwords passwords;
  private final boolean open;

  AccountRoutes(EdgeServices services) {
    this.accounts = services.accounts();
    this.passwords = services.passwords();
    this.open = services.authSettings().openRegistration();
  }

  void install(RestRoutes routes) {
    routes.open(HttpMethod.POST, "/v1/accounts", this::create);
  }

  /** A handle in its one spelling. */
  static String handle(JsonInput json) {
    return json.matching("handle", HANDLE, "2 to 32 characters of [a-z0-9_.-]")
        .toLowerCase(Locale.ROOT);
  }

  private Future<RestAnswer> create(RestRequest request) {
    if (!open) {
      return Future.failedFuture(
          new FailureException(Failure.FORBIDDEN, "this server takes no new accounts"));
    }
    JsonInput json = request.json();
    String handle = handle(json);
    String password = json.text("password", MIN_PASSWORD, MAX_PASSWORD);
    String displayName = json.has("displayName") ? json.line("displayName", MAX_NAME) : handle;
    return passwords
        .hash(password)
        .compose(hash -> accounts.create(handle, displayName, hash))
        .map(profile -> RestAnswer.created(WireJson.profile(profile)));
  }
}
