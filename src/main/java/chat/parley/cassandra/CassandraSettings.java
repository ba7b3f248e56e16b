package chat.parley.cassandra;

import java.util.List;

/**
 * Where the history store is and how to speak to it.
 *
 * @param contactPoints {@code host:port} each
 * @param replicationFactor of the keyspace, when Parley makes it
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
    int maxInFlight,
    int maxQueued,
    long requestTimeoutMs,
    long silentMs) {
  /** The defaults, for a store at these addresses. */
  public static CassandraSettings at(List<String> contactPoints) {
    return new CassandraSettings(
        contactPoints, "datacenter1", "parley", 1, null, null, 256, 8_192, 3_000, 1_500);
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
