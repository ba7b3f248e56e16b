package chat.parley.torture.finalread;

import chat.parley.cassandra.CassandraSession;
import chat.parley.kafka.KafkaSettings;
import java.net.URI;
import java.util.List;

/**
 * Where to read.
 *
 * @param session on the cluster's keyspace; stays the caller's
 * @param kafka where the changes topic is
 * @param gateways the nodes' HTTP roots; one that is away is passed over
 */
public record Cluster(CassandraSession session, KafkaSettings kafka, List<URI> gateways) {
  /** Takes a copy. */
  public Cluster {
    gateways = List.copyOf(gateways);
  }
}
