package chat.parley.auth;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The devices that a user is signed in on, and the refresh tokens that keep them so. A device is
 * there from its sign-in to its sign-out, its deletion, the replay of a refresh token, or until its
 * refresh token has expired unused.
 */
public interface Devices {
  /** The devices in Cassandra; completes when they can be used. */
  static Future<Devices> open(CassandraSession session, AuthSettings settings, Clock clock) {
    return CassandraDevices.open(session, settings, clock);
  }

  /**
   * A device that is signed in.
   *
   * @param platform what sort of thing it is, as it said itself
   * @param createdAt its first sign-in, milliseconds since the epoch
   * @param lastSeenAt its last sign-in or renewal of tokens, milliseconds since the epoch
   * @param family its latest sign-in
   */
  record Device(
      DeviceId deviceId,
      String name,
      String platform,
      long createdAt,
      long lastSeenAt,
      String family) {}

  /**
   * A device that wants in.
   *
   * @param platform one word, such as {@code web} or {@code ios}
   * @param life after which it has to sign in again however often it renews its tokens; empty:
   *     never
   */
  record NewDevice(DeviceId deviceId, String name, String platform, Optional<Duration> life) {}

  /** A sign-in: its family, and its first refresh token. */
  record SignedIn(String family, String refreshToken) {}

  /** What became of a refresh token. */
  enum Outcome {
    /** It was good: here is its successor, and it is good no more. */
    RENEWED,
    /** Nobody's, expired, or of a session that has ended. */
    UNKNOWN,
    /**
     * It had been used before, and what came of it lives: one of its two users has stolen it, so
     * the caller must end the family.
     */
    REPLAYED
  }

  /**
   * Answer of {@link #renew}; only {@code RENEWED} has a token, {@code UNKNOWN} names nobody.
   *
   * @param family the sign-in that the refresh token belongs, or belonged, to
   */
  record Renewal(
      Outcome outcome, UserId userId, DeviceId deviceId, String family, String refreshToken) {
    /** A token that says nothing. */
    static final Renewal OF_NOBODY = new Renewal(Outcome.UNKNOWN, null, null, null, null);
  }

  /**
   * Signs a device in. Refresh tokens of an earlier sign-in of the same device are good no more;
   * its access tokens stay well-formed until they expire, so {@code end} is called with its family
   * before it is replaced, and nothing is where that fails.
   *
   * <p>Fails with {@code CONFLICT} for a further device of a user who has as many as may be; of
   * several that come at once for the last place, at most one stays.
   */
  Future<SignedIn> signIn(UserId user, NewDevice device, Function<String, Future<Void>> end);

  /**
   * Takes a refresh token for its successor; of several calls with one token, one succeeds.
   *
   * @param renewalId random, at least 128 bits of it: a repetition with the same one, by who has
   *     not heard the answer, gets the same successor for as long as that has not been used itself
   */
  Future<Renewal> renew(String refreshToken, Optional<String> renewalId);

  /** The user's devices that are signed in, by device id. */
  Future<List<Device>> of(UserId user);

  /** One device, as the store knows it now. */
  Future<Optional<Device>> find(UserId user, DeviceId device);

  /**
   * Signs a device out, if this is its latest sign-in, and makes its refresh tokens void. Answers
   * whether it was; its access tokens stay well-formed until they expire, so the family must be
   * revoked too.
   */
  Future<Boolean> delete(UserId user, DeviceId device, String family);
}
