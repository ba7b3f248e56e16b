package chat.parley.cassandra;

import chat.parley.tls.PeerTls;
import java.util.List;
import java.util.Optional;

/**
 * Where the history store is and how to speak to it.
 *
 * @param contactPoints {@code host:port} each
 * @param replicationFactor of the keyspace, when Parley makes it
 * @param tls empty where it speaks in the clear
 * @param maxInFlight requests that may be under way at once; further ones wait
 * @param requestTimeoutMs of one request; past it its outcome is unknown
 * @param silentMs without any answer to what is asked until the store counts as away
 */
public record CassandraSettings(
    List<String> contactPoints,
    String localDatacenter,
    String keyspace,
    int replicationFactor,
    String username,
    String password,
    Optional<PeerTls> tls,
    int maxInFlight,
    int maxQueued,
    long requestTimeoutMs,
    long silentMs) {
  /** The defaults, for a store at these addresses. */
  public static CassandraSettings at(List<String> contactPoints) {
    return new CassandraSettings(
        contactPoints,
        "datacenter1",
        "parley",
        1,
        null,
        null,
        Optional.empty(),
        256,
        8_192,
        3_000,
        1_500);
  }

  /** The same with other contact points. */
  public CassandraSettings withContactPoints(List<String> others) {
    return new CassandraSettings(
        others,
        localDatacenter,
        keyspace,
        replicationFactor,
        username,
        password,
        tls,
        maxInFlight,
        maxQueued,
        requestTimeoutMs,
        silentMs);
  }

  /** Never prints the password. */
  @Override
  public String toString() {
    return "CassandraSettings[" + contactPoints + ", " + localDatacenter + ", " + keyspace + "]";
  }
}
