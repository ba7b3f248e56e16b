package chat.parley.registry;

import chat.parley.tls.PeerTls;
import java.util.List;
import java.util.Optional;

/**
 * How this node finds the others.
 *
 * @param clusterName nodes of another name are never joined
 * @param nodeName shown in logs and at the start of the node's id
 * @param host the address to bind and to be reached at
 * @param port of the cluster's own traffic; 0 takes a free one
 * @param portCount how many ports from {@code port} on are tried; 1 means this one or none
 * @param members {@code host} or {@code host:port} of other nodes; empty for a node alone
 * @param busPort of the event bus; 0 takes a free one
 * @param reached where the others reach this node, where that is not where it listens
 * @param tls of the event bus, with an identity and authorities of the nodes' own; empty where it
 *     speaks in the clear
 * @param silentSeconds after that long without a heartbeat a node counts as gone
 * @param cutOffSeconds a node that is in the smaller part of a split cluster for that long ends
 *     itself
 * @param deviceTtlSeconds after that long without a refresh a device's entry ends
 */
public record ClusterSettings(
    String clusterName,
    String nodeName,
    String host,
    int port,
    int portCount,
    List<String> members,
    int busPort,
    PublicAddress reached,
    Optional<PeerTls> tls,
    int silentSeconds,
    int cutOffSeconds,
    int deviceTtlSeconds) {
  public ClusterSettings {
    members = List.copyOf(members);
  }

  /**
   * What a node tells the others of itself: before a mapped port or a proxy it is reached elsewhere
   * than it listens.
   *
   * @param host empty for {@code cluster.host}
   * @param port of the cluster's own traffic; 0 for the one it listens on
   * @param busPort of the event bus; 0 for the one it listens on
   */
  public record PublicAddress(String host, int port, int busPort) {
    /** It is reached where it listens. */
    public static final PublicAddress SAME = new PublicAddress("", 0, 0);
  }

  /** Where the others reach this node. */
  public String publicHost() {
    return reached.host().isEmpty() ? host : reached.host();
  }

  /** A node alone on this machine's loopback. */
  public static ClusterSettings defaults() {
    return new ClusterSettings(
        "parley",
        "node",
        "127.0.0.1",
        5701,
        20,
        List.of(),
        0,
        PublicAddress.SAME,
        Optional.empty(),
        8,
        30,
        120);
  }
}
