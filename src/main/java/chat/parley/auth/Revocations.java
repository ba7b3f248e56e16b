package chat.parley.auth;

import chat.parley.cassandra.CassandraSession;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Sign-ins (families of tokens) that have ended while access tokens of them may still be about. The
 * list is asked at every check of a token, in memory; an entry stays for as long as a token can
 * live. It is spread by the cluster's memory and kept in Cassandra: the first is quick, the second
 * survives the end of all nodes.
 */
public interface Revocations {
  /**
   * What the nodes of a cluster share in memory.
   *
   * @param contains whether a family is in it; must not block
   * @param add puts a family in for so long
   */
  record Shared(Predicate<String> contains, BiFunction<String, Duration, Future<Void>> add) {}

  /** The list, filled with what was revoked before this node started. */
  static Future<Revocations> open(
      CassandraSession session, AuthSettings settings, Clock clock, Shared shared) {
    return CassandraRevocations.open(session, settings, clock, shared);
  }

  /** Whether the sign-in has ended; never blocks. */
  boolean isRevoked(String family);

  /**
   * Ends a sign-in: from the answer on this node refuses its tokens, the others within the time of
   * a message between nodes, and of {@link #refresh} where that is lost. Fails where it could not
   * be stored; then nothing is known to have been done.
   */
  Future<Void> revoke(String family);

  /** Reads what others stored; to be called every few seconds. */
  Future<Void> refresh();
}
