package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.auth.Accounts;
import chat.parley.auth.Admins;
import chat.parley.auth.Passwords;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signing up. */
final class AccountRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(AccountRoutes.class);

  static final int MIN_PASSWORD = 8;
  static final int MAX_PASSWORD = 128;
  static final int MAX_NAME = 64;

  private static final Pattern HANDLE = Pattern.compile("[A-Za-z0-9_.-]{2,64}");

  private final Accounts accounts;
  private final Passwords passwords;
  private final boolean open;
  private final boolean builtIn;
  private final Audit audit;
  private final Admins admins;

  AccountRoutes(EdgeServices services) {
    this.accounts = services.accounts();
    this.passwords = services.passwords();
    this.open = services.authSettings().openRegistration();
    this.builtIn = services.authSettings().builtInAccounts();
    this.audit = services.security().audit();
    this.admins = new Admins(services.authSettings(), services.accounts());
  }

  void install(RestRoutes routes) {
    routes.open(HttpMethod.POST, "/v1/accounts", this::create);
  }

  /** A handle in its one spelling. */
  static String handle(JsonInput json) {
    return json.matching("handle", HANDLE, "2 to 64 characters of [a-z0-9_.-]")
        .toLowerCase(Locale.ROOT);
  }

  private Future<RestAnswer> create(RestRequest request) {
    if (!open || !builtIn) {
      return Future.failedFuture(
          new FailureException(Failure.FORBIDDEN, "this server takes no new accounts"));
    }
    JsonInput json = request.json();
    String handle = handle(json);
    if (admins.isReserved(handle)) {
      LOG.atWarn()
          .addKeyValue("handle", handle)
          .log(
              "no account of a handle in auth.admins is created: make it before it is named there");
      return Future.failedFuture(new FailureException(Failure.CONFLICT, "the handle is taken"));
    }
    String password = json.text("password", MIN_PASSWORD, MAX_PASSWORD);
    String displayName = json.has("displayName") ? json.line("displayName", MAX_NAME) : handle;
    return passwords
        .hash(password)
        .compose(hash -> accounts.create(handle, displayName, hash))
        .compose(
            profile ->
                audit
                    .record(
                        AuditEvent.of(AuditAction.ACCOUNT_CREATED, profile.userId().value())
                            .with("from", request.remoteHost())
                            .with("handle", handle))
                    .otherwiseEmpty()
                    .map(RestAnswer.created(WireJson.profile(profile))));
  }
}
