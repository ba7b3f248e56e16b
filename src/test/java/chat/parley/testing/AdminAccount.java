package chat.parley.testing;

import chat.parley.auth.Accounts;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.Passwords;
import chat.parley.cassandra.CassandraSession;
import io.vertx.core.Vertx;
import java.time.Clock;

/**
 * An account of a handle that is in {@code auth.admins} already. An operator makes it before it is
 * named there; a server that has been started makes none any more.
 */
public final class AdminAccount {
  private AdminAccount() {}

  /** Writes it into the store, with {@link Crowd#PASSWORD}. */
  public static void make(Vertx vertx, CassandraSession session, String handle) {
    AuthSettings auth = AuthSettings.defaults();
    Accounts accounts = Await.join(Accounts.open(session, auth, Clock.systemUTC()));
    String hash = Await.join(new Passwords(vertx, auth.passwords()).hash(Crowd.PASSWORD));
    Await.join(accounts.create(handle, handle, hash));
  }
}
