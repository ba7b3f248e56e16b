package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Devices and refresh tokens in the tables of {@code auth.cql} and {@code auth-sessions.cql}. */
final class CassandraDevices implements Devices {
  private static final int SIGN_IN_ATTEMPTS = 3;
  private static final String NO_PLATFORM = "unknown";

  private record SignIn(UserId user, NewDevice device, String family, RefreshToken token) {}

  private final CassandraSession session;
  private final Clock clock;
  private final int refreshTtl;
  private final int maxDevices;
  private final PreparedStatement insertToken;
  private final PreparedStatement selectToken;
  private final PreparedStatement insertDevice;
  private final PreparedStatement updateDevice;
  private final PreparedStatement rotateToken;
  private final PreparedStatement selectDevices;
  private final PreparedStatement selectDevice;
  private final PreparedStatement selectArrivals;
  private final PreparedStatement selectCurrent;
  private final PreparedStatement deleteFamily;

  private CassandraDevices(
      CassandraSession session,
      AuthSettings settings,
      Clock clock,
      List<PreparedStatement> statements) {
    this.session = session;
    this.clock = clock;
    this.refreshTtl = Math.toIntExact(settings.refreshTokenSeconds());
    this.maxDevices = settings.maxDevices();
    this.insertToken = statements.get(0);
    this.selectToken = statements.get(1);
    this.insertDevice = statements.get(2);
    this.updateDevice = statements.get(3);
    this.rotateToken = statements.get(4);
    this.selectDevices = statements.get(5);
    this.selectDevice = statements.get(6);
    this.deleteFamily = statements.get(7);
    this.selectArrivals = statements.get(8);
    this.selectCurrent = statements.get(9);
  }

  static Future<Devices> open(CassandraSession session, AuthSettings settings, Clock clock) {
    String key = " WHERE user_id = :user_id AND device_id = :device_id";
    String columns =
        "SELECT device_id, name, platform, created_at, last_seen_at, family FROM devices";
    return session
        .prepareAll(
            "INSERT INTO refresh_tokens (token_hash, user_id, device_id, family, ends_at)"
                + " VALUES (:token_hash, :user_id, :device_id, :family, :ends_at) USING TTL :ttl",
            "SELECT user_id, device_id, family, ends_at FROM refresh_tokens"
                + " WHERE token_hash = :token_hash",
            "INSERT INTO devices (user_id, device_id, name, platform, created_at, last_seen_at,"
                + " family, token_hash) VALUES (:user_id, :device_id, :name, :platform, :now, :now,"
                + " :family, :token_hash) IF NOT EXISTS",
            "UPDATE devices SET name = :name, platform = :platform, last_seen_at = :now,"
                + " family = :family, token_hash = :token_hash"
                + key
                + " IF family = :former",
            "UPDATE devices SET token_hash = :token_hash, last_seen_at = :now"
                + key
                + " IF family = :family AND token_hash = :former_hash",
            columns + " WHERE user_id = :user_id",
            columns + key,
            "DELETE FROM devices" + key + " IF family = :family",
            columns.replace(" FROM", ", WRITETIME(created_at) AS stored_at FROM")
                + " WHERE user_id = :user_id",
            "SELECT family, token_hash FROM devices" + key)
        .map(statements -> new CassandraDevices(session, settings, clock, statements));
  }

  @Override
  public Future<SignedIn> signIn(
      UserId user, NewDevice device, Function<String, Future<Void>> end) {
    SignIn signIn = new SignIn(user, device, Ids.fresh(), RefreshToken.fresh());
    return all(user)
        .compose(devices -> withoutExpired(user, devices))
        .compose(
            before ->
                hasRoomFor(device.deviceId(), before)
                    ? store(signIn, before, end).compose(stored -> stay(signIn, before))
                    : Future.failedFuture(tooMany()));
  }

  private Future<Void> store(
      SignIn signIn, List<Device> before, Function<String, Future<Void>> end) {
    Optional<Device> former =
        before.stream()
            .filter(known -> known.deviceId().equals(signIn.device().deviceId()))
            .findFirst();
    return remember(
            signIn.token(),
            signIn.user(),
            signIn.device().deviceId(),
            signIn.family(),
            signIn.device().life().map(clock.instant()::plus).orElse(null))
        .compose(done -> store(signIn, former, end, SIGN_IN_ATTEMPTS));
  }

  private boolean hasRoomFor(DeviceId device, List<Device> before) {
    return before.size() < maxDevices || isAmong(device, before);
  }

  private static boolean isAmong(DeviceId device, List<Device> devices) {
    return devices.stream().anyMatch(known -> known.deviceId().equals(device));
  }

  /**
   * Looks again after the write: of devices that came at once each sees all that were stored before
   * it, so those beyond the bound see that they are, and go. What came before what is as the store
   * has it, whose timestamps of conditional writes to one partition are in their order: by the
   * times that nodes give, one that came late could take itself for an early one, and stay with all
   * who had looked before.
   */
  private Future<SignedIn> stay(SignIn signIn, List<Device> before) {
    DeviceId device = signIn.device().deviceId();
    SignedIn signedIn = new SignedIn(signIn.family(), signIn.token().value());
    if (isAmong(device, before)) {
      return Future.succeededFuture(signedIn);
    }
    return session
        .read("device.list", selectArrivals.bind().setString("user_id", signIn.user().value()))
        .compose(
            rows ->
                rows.stream()
                        .sorted(Comparator.comparingLong(row -> row.getLong("stored_at")))
                        .map(CassandraDevices::device)
                        .filter(this::isLive)
                        .limit(maxDevices)
                        .anyMatch(known -> known.deviceId().equals(device))
                    ? Future.succeededFuture(signedIn)
                    : delete(signIn.user(), device, signIn.family())
                        .compose(gone -> Future.failedFuture(tooMany())));
  }

  private FailureException tooMany() {
    return new FailureException(
        Failure.CONFLICT,
        maxDevices
            + " devices are signed in, which is as many as a user may have: sign one out first");
  }

  @Override
  public Future<Renewal> renew(String refreshToken, Optional<String> renewalId) {
    RefreshToken former = new RefreshToken(refreshToken);
    RefreshToken next = renewalId.map(former::successor).orElseGet(RefreshToken::fresh);
    return session
        .read("token.find", selectToken.bind().setByteBuffer("token_hash", former.hash()))
        .compose(
            rows ->
                rows.isEmpty()
                    ? Future.succeededFuture(Renewal.OF_NOBODY)
                    : renew(former, next, rows.get(0)));
  }

  @Override
  public Future<List<Device>> of(UserId user) {
    return all(user).map(this::live);
  }

  private Future<List<Device>> all(UserId user) {
    return session
        .read("device.list", selectDevices.bind().setString("user_id", user.value()))
        .map(rows -> rows.stream().map(CassandraDevices::device).toList());
  }

  /** Without those whose refresh tokens have all expired: they have no way back in. */
  private List<Device> live(List<Device> devices) {
    return devices.stream().filter(this::isLive).toList();
  }

  private boolean isLive(Device device) {
    return device.lastSeenAt() + refreshTtl * 1_000L > clock.millis();
  }

  /** The same, and takes the rows of the others away. */
  private Future<List<Device>> withoutExpired(UserId user, List<Device> devices) {
    List<Future<Boolean>> gone =
        devices.stream()
            .filter(device -> !isLive(device))
            .map(device -> delete(user, device.deviceId(), device.family()))
            .toList();
    return Future.all(gone).map(live(devices));
  }

  @Override
  public Future<Optional<Device>> find(UserId user, DeviceId device) {
    return session
        .read(
            "device.find",
            selectDevice
                .bind()
                .setString("user_id", user.value())
                .setString("device_id", device.value()))
        .map(rows -> rows.stream().findFirst().map(CassandraDevices::device));
  }

  @Override
  public Future<Boolean> delete(UserId user, DeviceId device, String family) {
    return session.applied(
        "device.delete",
        deleteFamily
            .bind()
            .setString("user_id", user.value())
            .setString("device_id", device.value())
            .setString("family", family));
  }

  private Future<Renewal> renew(RefreshToken former, RefreshToken next, Row row) {
    UserId user = new UserId(row.getString("user_id"));
    DeviceId device = new DeviceId(row.getString("device_id"));
    String family = row.getString("family");
    Instant endsAt = row.getInstant("ends_at");
    if (endsAt != null && !endsAt.isAfter(clock.instant())) {
      return Future.succeededFuture(Renewal.OF_NOBODY);
    }
    Renewal renewed = new Renewal(Outcome.RENEWED, user, device, family, next.value());
    return remember(next, user, device, family, endsAt)
        .compose(done -> rotate(renewed, former, next))
        .transform(
            rotated ->
                rotated.succeeded() && rotated.result()
                    ? Future.succeededFuture(renewed)
                    : current(user, device)
                        .compose(
                            now ->
                                rotated.failed() && isGood(now, family, former)
                                    ? Future.failedFuture(rotated.cause())
                                    : Future.succeededFuture(replayed(renewed, next, now))));
  }

  private Future<Boolean> rotate(Renewal renewal, RefreshToken former, RefreshToken next) {
    return session.applied(
        "token.rotate",
        // Repeated by the driver it would look like a replay.
        rotateToken
            .bind()
            .setIdempotent(false)
            .setByteBuffer("token_hash", next.hash())
            .setInstant("now", clock.instant())
            .setString("user_id", renewal.userId().value())
            .setString("device_id", renewal.deviceId().value())
            .setString("family", renewal.family())
            .setByteBuffer("former_hash", former.hash()));
  }

  /**
   * Which token of which sign-in is good. Read so that a conditional write before it, of which
   * nobody heard what became of it, is decided: it has come about, or it never will.
   */
  private Future<Optional<Row>> current(UserId user, DeviceId device) {
    return session
        .read(
            "token.current",
            selectCurrent
                .bind()
                .setConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL)
                .setString("user_id", user.value())
                .setString("device_id", device.value()))
        .map(rows -> rows.stream().findFirst());
  }

  /**
   * The former token is good no more. Where its successor is the very one that this call would have
   * made, its user has asked once more, or the store has not answered in time; what else is a
   * replay, only while the token's own family lives: a later sign-in is not the thief's to end.
   */
  private static Renewal replayed(Renewal renewed, RefreshToken next, Optional<Row> now) {
    if (isGood(now, renewed.family(), next)) {
      return renewed;
    }
    return now.filter(row -> renewed.family().equals(row.getString("family"))).isPresent()
        ? new Renewal(
            Outcome.REPLAYED, renewed.userId(), renewed.deviceId(), renewed.family(), null)
        : Renewal.OF_NOBODY;
  }

  private static boolean isGood(Optional<Row> now, String family, RefreshToken token) {
    return now.filter(row -> family.equals(row.getString("family")))
        .filter(row -> token.hash().equals(row.getByteBuffer("token_hash")))
        .isPresent();
  }

  /** Tokens are remembered before they become good, so that none can be replayed unnoticed. */
  private Future<Void> remember(
      RefreshToken token, UserId user, DeviceId device, String family, Instant endsAt) {
    BoundStatement insert =
        insertToken
            .bind()
            .setByteBuffer("token_hash", token.hash())
            .setString("user_id", user.value())
            .setString("device_id", device.value())
            .setString("family", family)
            .setInt("ttl", refreshTtl);
    return session.write(
        "token.insert", endsAt == null ? insert : insert.setInstant("ends_at", endsAt));
  }

  /** Replaces the sign-in that it has found and ended, and no other; else it looks again. */
  private Future<Void> store(
      SignIn signIn,
      Optional<Device> former,
      Function<String, Future<Void>> end,
      int attemptsLeft) {
    if (former.filter(known -> known.family().equals(signIn.family())).isPresent()) {
      return Future.succeededFuture(); // a driver that asked again: the first time was good
    }
    if (attemptsLeft == 0) {
      return Future.failedFuture(
          new FailureException(Failure.UNAVAILABLE, "the device is signed in and out elsewhere"));
    }
    return former
        .map(
            known ->
                end.apply(known.family())
                    .compose(
                        ended ->
                            session.applied(
                                "device.update",
                                bound(updateDevice, signIn).setString("former", known.family()))))
        .orElseGet(() -> session.applied("device.insert", bound(insertDevice, signIn)))
        .compose(
            done ->
                done
                    ? Future.succeededFuture()
                    : find(signIn.user(), signIn.device().deviceId())
                        .compose(now -> store(signIn, now, end, attemptsLeft - 1)));
  }

  private BoundStatement bound(PreparedStatement statement, SignIn signIn) {
    return statement
        .bind()
        .setString("user_id", signIn.user().value())
        .setString("device_id", signIn.device().deviceId().value())
        .setString("name", signIn.device().name())
        .setString("platform", signIn.device().platform())
        .setInstant("now", clock.instant())
        .setString("family", signIn.family())
        .setByteBuffer("token_hash", signIn.token().hash());
  }

  private static Device device(Row row) {
    String platform = row.getString("platform");
    return new Device(
        new DeviceId(row.getString("device_id")),
        row.getString("name"),
        platform == null ? NO_PLATFORM : platform,
        row.getInstant("created_at").toEpochMilli(),
        row.getInstant("last_seen_at").toEpochMilli(),
        row.getString("family"));
  }
}
