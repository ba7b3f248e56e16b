package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Accounts in the tables of {@code auth.cql}. */
final class CassandraAccounts implements Accounts {
  private static final int PREFIX_LENGTH = 2;
  private static final int READS_AT_ONCE = 32;
  private static final int MAX_CACHED = 100_000;

  /** Sorts behind every character that a handle may have. */
  private static final char AFTER_ALL = '~';

  private final CassandraSession session;
  private final Clock clock;
  private final Cache<UserId, Profile> profiles;
  private final Cache<String, Optional<UserId>> holders;
  private final PreparedStatement insertAccount;
  private final PreparedStatement claimHandle;
  private final PreparedStatement insertIndex;
  private final PreparedStatement selectHandle;
  private final PreparedStatement selectAccount;
  private final PreparedStatement selectIndex;
  private final PreparedStatement updateName;
  private final PreparedStatement updatePassword;
  private final PreparedStatement updateSuspended;

  private CassandraAccounts(
      CassandraSession session,
      AuthSettings settings,
      Clock clock,
      List<PreparedStatement> statements) {
    this.session = session;
    this.clock = clock;
    this.profiles =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfterWrite(Duration.ofSeconds(settings.profileCacheSeconds()))
            .build();
    this.holders =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfterWrite(Duration.ofSeconds(settings.profileCacheSeconds()))
            .build();
    this.insertAccount = statements.get(0);
    this.claimHandle = statements.get(1);
    this.insertIndex = statements.get(2);
    this.selectHandle = statements.get(3);
    this.selectAccount = statements.get(4);
    this.selectIndex = statements.get(5);
    this.updateName = statements.get(6);
    this.updatePassword = statements.get(7);
    this.updateSuspended = statements.get(8);
  }

  static Future<Accounts> open(CassandraSession session, AuthSettings settings, Clock clock) {
    return session
        .prepareAll(
            "INSERT INTO accounts (user_id, handle, display_name, password_hash, created_at)"
                + " VALUES (:user_id, :handle, :display_name, :password_hash, :created_at)",
            "INSERT INTO handles (handle, user_id) VALUES (:handle, :user_id) IF NOT EXISTS",
            "INSERT INTO handle_index (prefix, handle, user_id)"
                + " VALUES (:prefix, :handle, :user_id)",
            "SELECT user_id FROM handles WHERE handle = :handle",
            "SELECT user_id, handle, display_name, password_hash, suspended FROM accounts"
                + " WHERE user_id = :user_id",
            "SELECT user_id FROM handle_index WHERE prefix = :prefix"
                + " AND handle >= :from_handle AND handle < :to_handle LIMIT :max_rows",
            "UPDATE accounts SET display_name = :display_name WHERE user_id = :user_id",
            "UPDATE accounts SET password_hash = :password_hash WHERE user_id = :user_id"
                + " IF password_hash = :former",
            "UPDATE accounts SET suspended = :suspended WHERE user_id = :user_id")
        .map(statements -> new CassandraAccounts(session, settings, clock, statements));
  }

  @Override
  public Future<Profile> create(String handle, String displayName, String passwordHash) {
    Profile profile = new Profile(new UserId(Ids.fresh()), handle, displayName);
    return insert(profile, insertAccount.bind().setString("password_hash", passwordHash))
        .compose(written -> claim(profile))
        .compose(claimed -> claimed ? Future.succeededFuture() : taken())
        .compose(mine -> index(profile))
        .map(profile);
  }

  /**
   * The handle before the account: were it the other way round, somebody who asks again under the
   * same id could meanwhile be seen under a handle that is another's.
   */
  @Override
  public Future<Profile> adopt(UserId user, String handle, String displayName) {
    Profile profile = new Profile(user, handle, displayName);
    return claim(profile)
        .compose(claimed -> claimed ? Future.succeededFuture(true) : isHeldBy(user, handle))
        .compose(mine -> mine ? insert(profile, insertAccount.bind()) : taken())
        .compose(written -> index(profile))
        .map(profile);
  }

  private Future<Void> insert(Profile profile, BoundStatement insert) {
    return session.write(
        "account.insert",
        insert
            .setString("user_id", profile.userId().value())
            .setString("handle", profile.handle())
            .setString("display_name", profile.displayName())
            .setInstant("created_at", clock.instant()));
  }

  private Future<Boolean> claim(Profile profile) {
    return session.applied(
        "handle.claim",
        // Repeated by the driver it would find its own claim and call it taken.
        claimHandle
            .bind()
            .setIdempotent(false)
            .setString("handle", profile.handle())
            .setString("user_id", profile.userId().value()));
  }

  /** A claim of an earlier sign-in that came no further. */
  private Future<Boolean> isHeldBy(UserId user, String handle) {
    return session
        .read("handle.find", selectHandle.bind().setString("handle", handle))
        .map(rows -> rows.stream().anyMatch(row -> user.value().equals(row.getString("user_id"))));
  }

  private static <T> Future<T> taken() {
    return Future.failedFuture(new FailureException(Failure.CONFLICT, "the handle is taken"));
  }

  @Override
  public Future<Optional<Credentials>> credentialsOf(String handle) {
    return session
        .read("handle.find", selectHandle.bind().setString("handle", handle))
        .compose(
            rows ->
                rows.isEmpty()
                    ? Future.succeededFuture(Optional.<Credentials>empty())
                    : account(new UserId(rows.get(0).getString("user_id")))
                        .map(row -> row.map(CassandraAccounts::credentials)))
        .compose(
            // Written again at each sign-in: heals the crash between claim and index.
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(found)
                    : index(found.get().profile()).map(found));
  }

  @Override
  public Future<Optional<Credentials>> credentialsOf(UserId user) {
    return account(user).map(row -> row.map(CassandraAccounts::credentials));
  }

  @Override
  public Future<Boolean> setPassword(UserId user, String former, String passwordHash) {
    return session.applied(
        "account.password",
        // Repeated by the driver it would find its own, and call it another's.
        updatePassword
            .bind()
            .setIdempotent(false)
            .setString("password_hash", passwordHash)
            .setString("former", former)
            .setString("user_id", user.value()));
  }

  @Override
  public Future<Void> suspend(UserId user, boolean suspended) {
    return session.write(
        "account.suspend",
        updateSuspended
            .bind()
            .setBoolean("suspended", suspended)
            .setString("user_id", user.value()));
  }

  @Override
  public Future<Optional<Profile>> find(UserId user) {
    Profile known = profiles.getIfPresent(user);
    if (known != null) {
      return Future.succeededFuture(Optional.of(known));
    }
    return account(user)
        .map(row -> row.map(CassandraAccounts::profile))
        .onSuccess(found -> found.ifPresent(profile -> profiles.put(user, profile)));
  }

  @Override
  public Future<Map<String, UserId>> withHandles(Collection<String> handles) {
    Map<String, UserId> found = new HashMap<>();
    List<Future<Optional<UserId>>> reads = new ArrayList<>();
    for (String handle : handles) {
      reads.add(
          holder(handle).onSuccess(user -> user.ifPresent(known -> found.put(handle, known))));
    }
    return Future.all(reads).map(found);
  }

  private Future<Optional<UserId>> holder(String handle) {
    Optional<UserId> known = holders.getIfPresent(handle);
    return known != null
        ? Future.succeededFuture(known)
        : session
            .read("handle.find", selectHandle.bind().setString("handle", handle))
            .map(rows -> rows.stream().findFirst().map(row -> new UserId(row.getString("user_id"))))
            .onSuccess(user -> holders.put(handle, user));
  }

  @Override
  public Future<Map<UserId, Profile>> findAll(Collection<UserId> users) {
    return findFrom(List.copyOf(new LinkedHashSet<>(users)), 0, new HashMap<>());
  }

  @Override
  public Future<List<Profile>> search(String prefix, int limit) {
    if (prefix.length() < PREFIX_LENGTH) {
      return Future.succeededFuture(List.of());
    }
    return session
        .read(
            "handle.search",
            selectIndex
                .bind()
                .setString("prefix", prefix.substring(0, PREFIX_LENGTH))
                .setString("from_handle", prefix)
                .setString("to_handle", prefix + AFTER_ALL)
                .setInt("max_rows", limit))
        .map(rows -> rows.stream().map(row -> new UserId(row.getString("user_id"))).toList())
        .compose(
            users ->
                findAll(users)
                    .map(
                        found -> users.stream().map(found::get).filter(Objects::nonNull).toList()));
  }

  @Override
  public Future<Profile> rename(UserId user, String displayName) {
    return find(user)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.failedFuture(new FailureException(Failure.NOT_FOUND, "no such user"))
                    : session
                        .write(
                            "account.rename",
                            updateName
                                .bind()
                                .setString("display_name", displayName)
                                .setString("user_id", user.value()))
                        .map(new Profile(user, found.get().handle(), displayName)))
        .onSuccess(profile -> profiles.put(user, profile));
  }

  private Future<Map<UserId, Profile>> findFrom(
      List<UserId> users, int start, Map<UserId, Profile> found) {
    if (start >= users.size()) {
      return Future.succeededFuture(found);
    }
    int end = Math.min(users.size(), start + READS_AT_ONCE);
    List<Future<Optional<Profile>>> reads = new ArrayList<>();
    users.subList(start, end).forEach(user -> reads.add(find(user)));
    return Future.all(reads)
        .compose(
            done -> {
              reads.forEach(
                  read -> read.result().ifPresent(profile -> found.put(profile.userId(), profile)));
              return findFrom(users, end, found);
            });
  }

  private Future<Void> index(Profile profile) {
    return session.write(
        "handle.index",
        insertIndex
            .bind()
            .setString("prefix", profile.handle().substring(0, PREFIX_LENGTH))
            .setString("handle", profile.handle())
            .setString("user_id", profile.userId().value()));
  }

  private Future<Optional<Row>> account(UserId user) {
    return session
        .read("account.find", selectAccount.bind().setString("user_id", user.value()))
        .map(rows -> rows.stream().findFirst());
  }

  private static Credentials credentials(Row row) {
    return new Credentials(
        profile(row), row.getString("password_hash"), row.getBoolean("suspended"));
  }

  private static Profile profile(Row row) {
    return new Profile(
        new UserId(row.getString("user_id")),
        row.getString("handle"),
        row.getString("display_name"));
  }
}
