package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The built-in accounts. A handle belongs to one user for ever. */
public interface Accounts {
  /** The accounts in Cassandra; completes when they can be used. */
  static Future<Accounts> open(CassandraSession session, AuthSettings settings, Clock clock) {
    return CassandraAccounts.open(session, settings, clock);
  }

  /**
   * What a sign-in is checked against.
   *
   * @param passwordHash in PHC string format, null for an account that has no password
   * @param suspended nobody may sign in
   */
  record Credentials(Profile profile, String passwordHash, boolean suspended) {
    /** Whether there is a password that could be right. */
    public boolean hasPassword() {
      return passwordHash != null;
    }
  }

  /**
   * Creates an account. Fails with {@link Failure#CONFLICT} where the handle is taken. After an
   * unknown outcome the handle may be taken by this very account: signing in then works.
   *
   * @param handle lower-case, already checked
   */
  Future<Profile> create(String handle, String displayName, String passwordHash);

  /**
   * Creates an account without a password for a user who has an id already. Fails like {@link
   * #create}.
   */
  Future<Profile> adopt(UserId user, String handle, String displayName);

  /** The credentials of a handle; empty for one that nobody has. */
  Future<Optional<Credentials>> credentialsOf(String handle);

  /** The credentials of a user, as the store knows them now; empty for one that does not exist. */
  Future<Optional<Credentials>> credentialsOf(UserId user);

  /**
   * Gives a user another password where {@code former} is still the hash of theirs, and says
   * whether it was: of two who do so at once, one does. The sessions that there are go on.
   */
  Future<Boolean> setPassword(UserId user, String former, String passwordHash);

  /** Shuts the account of a user that exists, or opens it; the sessions that there are go on. */
  Future<Void> suspend(UserId user, boolean suspended);

  /** A user's profile, at most some seconds old. */
  Future<Optional<Profile>> find(UserId user);

  /** Who has these handles; handles that nobody has, or had some seconds ago, are left out. */
  Future<Map<String, UserId>> withHandles(Collection<String> handles);

  /** The profiles of those users that exist, each at most some seconds old. */
  Future<Map<UserId, Profile>> findAll(Collection<UserId> users);

  /**
   * Users whose handle begins with {@code prefix}, by handle, at most {@code limit}; nobody for a
   * prefix of fewer than two characters.
   */
  Future<List<Profile>> search(String prefix, int limit);

  /** Changes the display name of a user that exists; this node sees it at once. */
  Future<Profile> rename(UserId user, String displayName);
}
