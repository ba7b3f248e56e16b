package chat.parley.auth;

import chat.parley.cassandra.CassandraSession;
import io.vertx.core.Future;
import java.util.function.Predicate;

/** Which users the people of the identity provider are. */
public interface Identities {
  /**
   * The identities in Cassandra; completes when they can be used.
   *
   * @param isReserved handles that nobody is given
   */
  static Future<Identities> open(
      CassandraSession session, Accounts accounts, Predicate<String> isReserved) {
    return CassandraIdentities.open(session, accounts, isReserved);
  }

  /**
   * The user that somebody is; one without a password is made at first sight, under the handle they
   * would like where it is free, else one like it. Their later names at the provider change nothing
   * here.
   */
  Future<Profile> userOf(Identity identity);
}
