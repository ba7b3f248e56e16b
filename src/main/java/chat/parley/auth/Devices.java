package chat.parley.auth;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * The devices that a user is signed in on, and the refresh tokens that keep them so. A device is
 * there from its sign-in to its sign-out, deletion, or the replay of a refresh token.
 */
public interface Devices {
  /** The devices in Cassandra; completes when they can be used. */
  static Future<Devices> open(CassandraSession session, AuthSettings settings, Clock clock) {
    return CassandraDevices.open(session, settings, clock);
  }

  /**
   * A device that is signed in.
   *
   * @param createdAt its first sign-in, milliseconds since the epoch
   * @param lastSeenAt its last sign-in or renewal of tokens, milliseconds since the epoch
   */
  record Device(DeviceId deviceId, String name, long createdAt, long lastSeenAt) {}

  /** What became of a refresh token. */
  enum Outcome {
    /** It was good: here is its successor, and it is good no more. */
    RENEWED,
    /** Nobody's, expired, or of a session that has ended. */
    UNKNOWN,
    /**
     * It had been used before, so one of its two users has stolen it: the device is signed out, its
     * sockets must be closed.
     */
    REPLAYED
  }

  /** Answer of {@link #renew}; only {@code RENEWED} has a token, {@code UNKNOWN} names nobody. */
  record Renewal(Outcome outcome, UserId userId, DeviceId deviceId, String refreshToken) {}

  /**
   * Signs a device in and answers with its first refresh token. Tokens of an earlier sign-in of the
   * same device are good no more.
   */
  Future<String> signIn(UserId user, DeviceId device, String name);

  /** Takes a refresh token for its successor; of several calls with one token, one succeeds. */
  Future<Renewal> renew(String refreshToken);

  /** The user's devices that are signed in, by device id. */
  Future<List<Device>> of(UserId user);

  /** One device, as the store knows it now. */
  Future<Optional<Device>> find(UserId user, DeviceId device);

  /**
   * Signs a device out and makes its refresh tokens void. Answers whether it was signed in; its
   * access tokens stay well-formed until they expire, so its sockets must be closed.
   */
  Future<Boolean> delete(UserId user, DeviceId device);

  /**
   * Whether the device is signed in; a deletion on another node may take some seconds to be seen.
   */
  Future<Boolean> isActive(UserId user, DeviceId device);

  /**
   * Forgets what this node remembers of the device (null: of all the user's), on hearing that it
   * was deleted elsewhere.
   */
  void forget(UserId user, DeviceId device);
}
