package chat.parley.testing;

import chat.parley.auth.Accounts;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.Devices;
import chat.parley.auth.Devices.NewDevice;
import chat.parley.auth.Devices.SignedIn;
import chat.parley.auth.JwtTokens;
import chat.parley.auth.SigningKey;
import chat.parley.auth.Tokens;
import chat.parley.cassandra.CassandraSession;
import chat.parley.client.Session;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Accounts and signed-in devices, put into the store as sign-up and sign-in leave them: a thousand
 * passwords would cost minutes of hashing that a test of something else has no use for.
 */
public final class SignUps {
  /** A hash of nothing: with a password nobody signs in here. */
  private static final String NO_PASSWORD = "none";

  private final Accounts accounts;
  private final Devices devices;
  private final Tokens tokens;

  /** Over the keyspace of a running server that signs with {@link SigningSecret}. */
  public SignUps(Vertx vertx, CassandraSession session) {
    Clock clock = Clock.systemUTC();
    AuthSettings settings = AuthSettings.defaults();
    this.accounts = Await.join(Accounts.open(session, settings, clock));
    this.devices = Await.join(Devices.open(session, settings, clock));
    this.tokens = new JwtTokens(vertx, key(), settings, clock, nobody -> false);
  }

  private static SigningKey key() {
    try {
      Path file = Files.createTempFile("signing-", ".key");
      try {
        Files.writeString(file, SigningSecret.HEX);
        return SigningKey.load(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new user's id. */
  public String user(String handle) {
    return Await.join(accounts.create(handle, handle, NO_PASSWORD)).userId().value();
  }

  /** A new device of the user's, signed in. */
  public Session device(String userId) {
    UserId user = new UserId(userId);
    DeviceId device = new DeviceId(Ids.fresh());
    SignedIn in =
        Await.join(
            devices.signIn(
                user,
                new NewDevice(device, "device", "test", Optional.empty()),
                former -> Future.succeededFuture()));
    String access = tokens.issue(user, device, in.family()).token();
    return new Session(userId, device.value(), access, null, in.refreshToken());
  }
}
