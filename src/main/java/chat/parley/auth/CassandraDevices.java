package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Devices and refresh tokens in the tables of {@code auth.cql}. */
final class CassandraDevices implements Devices {
  private static final int MAX_CACHED = 100_000;
  private static final int SIGN_IN_ATTEMPTS = 3;

  private record Key(UserId userId, DeviceId deviceId) {}

  private record SignIn(Key key, String name, String family, RefreshToken token) {}

  private final CassandraSession session;
  private final Clock clock;
  private final int refreshTtl;
  private final Cache<Key, Boolean> active;
  private final PreparedStatement insertToken;
  private final PreparedStatement selectToken;
  private final PreparedStatement insertDevice;
  private final PreparedStatement updateDevice;
  private final PreparedStatement rotateToken;
  private final PreparedStatement selectDevices;
  private final PreparedStatement selectDevice;
  private final PreparedStatement deleteDevice;
  private final PreparedStatement deleteFamily;

  private CassandraDevices(
      CassandraSession session,
      AuthSettings settings,
      Clock clock,
      List<PreparedStatement> statements) {
    this.session = session;
    this.clock = clock;
    this.refreshTtl = Math.toIntExact(settings.refreshTokenSeconds());
    this.active =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfterWrite(Duration.ofSeconds(settings.profileCacheSeconds()))
            .build();
    this.insertToken = statements.get(0);
    this.selectToken = statements.get(1);
    this.insertDevice = statements.get(2);
    this.updateDevice = statements.get(3);
    this.rotateToken = statements.get(4);
    this.selectDevices = statements.get(5);
    this.selectDevice = statements.get(6);
    this.deleteDevice = statements.get(7);
    this.deleteFamily = statements.get(8);
  }

  static Future<Devices> open(CassandraSession session, AuthSettings settings, Clock clock) {
    String key = " WHERE user_id = :user_id AND device_id = :device_id";
    String columns = "SELECT device_id, name, created_at, last_seen_at, family FROM devices";
    return session
        .prepareAll(
            "INSERT INTO refresh_tokens (token_hash, user_id, device_id, family)"
                + " VALUES (:token_hash, :user_id, :device_id, :family) USING TTL :ttl",
            "SELECT user_id, device_id, family FROM refresh_tokens"
                + " WHERE token_hash = :token_hash",
            "INSERT INTO devices (user_id, device_id, name, created_at, last_seen_at,"
                + " family, token_hash) VALUES (:user_id, :device_id, :name, :now, :now,"
                + " :family, :token_hash) IF NOT EXISTS",
            "UPDATE devices SET name = :name, last_seen_at = :now, family = :family,"
                + " token_hash = :token_hash"
                + key
                + " IF EXISTS",
            "UPDATE devices SET token_hash = :token_hash, last_seen_at = :now"
                + key
                + " IF family = :family AND token_hash = :former_hash",
            columns + " WHERE user_id = :user_id",
            columns + key,
            "DELETE FROM devices" + key + " IF EXISTS",
            "DELETE FROM devices" + key + " IF family = :family")
        .map(statements -> new CassandraDevices(session, settings, clock, statements));
  }

  @Override
  public Future<String> signIn(UserId user, DeviceId device, String name) {
    RefreshToken token = RefreshToken.fresh();
    String family = Ids.fresh();
    return remember(token, user, device, family)
        .compose(
            done -> store(new SignIn(new Key(user, device), name, family, token), SIGN_IN_ATTEMPTS))
        .map(token.value());
  }

  @Override
  public Future<Renewal> renew(String refreshToken) {
    RefreshToken former = new RefreshToken(refreshToken);
    return session
        .read("token.find", selectToken.bind().setByteBuffer("token_hash", former.hash()))
        .compose(
            rows ->
                rows.isEmpty()
                    ? Future.succeededFuture(new Renewal(Outcome.UNKNOWN, null, null, null))
                    : renew(former, rows.get(0)));
  }

  @Override
  public Future<List<Device>> of(UserId user) {
    return session
        .read("device.list", selectDevices.bind().setString("user_id", user.value()))
        .map(rows -> rows.stream().map(CassandraDevices::device).toList());
  }

  @Override
  public Future<Optional<Device>> find(UserId user, DeviceId device) {
    return row(user, device).map(row -> row.map(CassandraDevices::device));
  }

  @Override
  public Future<Boolean> delete(UserId user, DeviceId device) {
    return session
        .applied(
            "device.delete",
            deleteDevice
                .bind()
                .setString("user_id", user.value())
                .setString("device_id", device.value()))
        .onComplete(done -> forget(user, device));
  }

  @Override
  public Future<Boolean> isActive(UserId user, DeviceId device) {
    Key key = new Key(user, device);
    if (active.getIfPresent(key) != null) {
      return Future.succeededFuture(true);
    }
    return row(user, device)
        .map(Optional::isPresent)
        .onSuccess(
            present -> {
              if (present) {
                active.put(key, true);
              }
            });
  }

  @Override
  public void forget(UserId user, DeviceId device) {
    if (device == null) {
      active.asMap().keySet().removeIf(key -> key.userId().equals(user));
    } else {
      active.invalidate(new Key(user, device));
    }
  }

  private Future<Renewal> renew(RefreshToken former, Row row) {
    UserId user = new UserId(row.getString("user_id"));
    DeviceId device = new DeviceId(row.getString("device_id"));
    String family = row.getString("family");
    RefreshToken next = RefreshToken.fresh();
    return remember(next, user, device, family)
        .compose(
            done ->
                session.applied(
                    "token.rotate",
                    // Repeated by the driver it would look like a replay.
                    rotateToken
                        .bind()
                        .setIdempotent(false)
                        .setByteBuffer("token_hash", next.hash())
                        .setInstant("now", clock.instant())
                        .setString("user_id", user.value())
                        .setString("device_id", device.value())
                        .setString("family", family)
                        .setByteBuffer("former_hash", former.hash())))
        .compose(
            rotated ->
                rotated
                    ? Future.succeededFuture(
                        new Renewal(Outcome.RENEWED, user, device, next.value()))
                    : revoke(user, device, family));
  }

  /**
   * Only while the replayed token's own family lives: a later sign-in is not the thief's to end.
   */
  private Future<Renewal> revoke(UserId user, DeviceId device, String family) {
    return session
        .applied(
            "device.revoke",
            deleteFamily
                .bind()
                .setString("user_id", user.value())
                .setString("device_id", device.value())
                .setString("family", family))
        .onComplete(done -> forget(user, device))
        .map(
            revoked ->
                revoked
                    ? new Renewal(Outcome.REPLAYED, user, device, null)
                    : new Renewal(Outcome.UNKNOWN, null, null, null));
  }

  /** Tokens are remembered before they become good, so that none can be replayed unnoticed. */
  private Future<Void> remember(RefreshToken token, UserId user, DeviceId device, String family) {
    return session.write(
        "token.insert",
        insertToken
            .bind()
            .setByteBuffer("token_hash", token.hash())
            .setString("user_id", user.value())
            .setString("device_id", device.value())
            .setString("family", family)
            .setInt("ttl", refreshTtl));
  }

  /** Insert, else update; a deletion in between makes it begin again. */
  private Future<Void> store(SignIn signIn, int attemptsLeft) {
    if (attemptsLeft == 0) {
      return Future.failedFuture(
          new FailureException(Failure.UNAVAILABLE, "the device is being deleted"));
    }
    return store("device.insert", insertDevice, signIn)
        .compose(
            inserted ->
                inserted
                    ? Future.succeededFuture(true)
                    : store("device.update", updateDevice, signIn))
        .compose(done -> done ? Future.succeededFuture() : store(signIn, attemptsLeft - 1));
  }

  private Future<Boolean> store(String op, PreparedStatement statement, SignIn signIn) {
    return session.applied(
        op,
        statement
            .bind()
            .setString("user_id", signIn.key().userId().value())
            .setString("device_id", signIn.key().deviceId().value())
            .setString("name", signIn.name())
            .setInstant("now", clock.instant())
            .setString("family", signIn.family())
            .setByteBuffer("token_hash", signIn.token().hash()));
  }

  private Future<Optional<Row>> row(UserId user, DeviceId device) {
    return session
        .read(
            "device.find",
            selectDevice
                .bind()
                .setString("user_id", user.value())
                .setString("device_id", device.value()))
        .map(rows -> rows.stream().findFirst());
  }

  private static Device device(Row row) {
    return new Device(
        new DeviceId(row.getString("device_id")),
        row.getString("name"),
        row.getInstant("created_at").toEpochMilli(),
        row.getInstant("last_seen_at").toEpochMilli());
  }
}
