package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Identities in the table {@code identities}. The identity is claimed for a fresh user id before
 * the account is made, so that a crash in between leaves no second user but one whose account the
 * next sign-in makes.
 */
final class CassandraIdentities implements Identities {
  private final CassandraSession session;
  private final Accounts accounts;
  private final Predicate<String> isReserved;
  private final PreparedStatement select;
  private final PreparedStatement claim;

  private CassandraIdentities(
      CassandraSession session,
      Accounts accounts,
      Predicate<String> isReserved,
      List<PreparedStatement> statements) {
    this.session = session;
    this.accounts = accounts;
    this.isReserved = isReserved;
    this.select = statements.get(0);
    this.claim = statements.get(1);
  }

  static Future<Identities> open(
      CassandraSession session, Accounts accounts, Predicate<String> isReserved) {
    return session
        .prepareAll(
            "SELECT user_id FROM identities WHERE issuer = :issuer AND subject = :subject",
            "INSERT INTO identities (issuer, subject, user_id)"
                + " VALUES (:issuer, :subject, :user_id) IF NOT EXISTS")
        .map(statements -> new CassandraIdentities(session, accounts, isReserved, statements));
  }

  @Override
  public Future<Profile> userOf(Identity identity) {
    return known(identity)
        .compose(user -> user.isPresent() ? Future.succeededFuture(user) : claimed(identity))
        .compose(
            user ->
                user.isPresent()
                    ? accountOf(user.get(), identity)
                    : Future.failedFuture(
                        new FailureException(
                            Failure.UNAVAILABLE, "the account is being made, try again")));
  }

  private Future<Optional<UserId>> known(Identity identity) {
    return session
        .read(
            "identity.find",
            select
                .bind()
                .setString("issuer", identity.issuer())
                .setString("subject", identity.subject()))
        .map(rows -> rows.stream().findFirst().map(row -> new UserId(row.getString("user_id"))));
  }

  /** Whoever won: the claim may be another's, or this one's own, repeated by the driver. */
  private Future<Optional<UserId>> claimed(Identity identity) {
    return session
        .applied(
            "identity.claim",
            claim
                .bind()
                .setString("issuer", identity.issuer())
                .setString("subject", identity.subject())
                .setString("user_id", Ids.fresh()))
        .compose(done -> known(identity));
  }

  private Future<Profile> accountOf(UserId user, Identity identity) {
    return accounts
        .find(user)
        .compose(
            found ->
                found.isPresent()
                    ? Future.succeededFuture(found.get())
                    : create(user, new WishedHandle(identity), 0));
  }

  private Future<Profile> create(UserId user, WishedHandle wish, int attempt) {
    String handle = wish.attempt(attempt);
    Future<Profile> created =
        isReserved.test(handle)
            ? Future.failedFuture(new FailureException(Failure.CONFLICT, "the handle is reserved"))
            : accounts.adopt(user, handle, wish.displayName());
    return created.recover(
        cause ->
            isTaken(cause) && attempt < WishedHandle.ATTEMPTS
                ? create(user, wish, attempt + 1)
                : Future.failedFuture(cause));
  }

  private static boolean isTaken(Throwable cause) {
    return cause instanceof FailureException refused && refused.failure() == Failure.CONFLICT;
  }
}
