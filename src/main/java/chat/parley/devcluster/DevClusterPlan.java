package chat.parley.devcluster;

import chat.parley.embedded.EmbeddedSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What cluster to start.
 *
 * @param dataDirectory everything that is written; made if absent
 * @param roles of each node, separated by commas; empty text is all roles
 * @param firstHttpPort of the first node, the others' follow; 0 takes free ones
 * @param nodeHeapMib each node's heap in MiB; the process needs about 200 MiB beside it
 * @param config a settings file for every node
 * @param settings of every node, over the file; where nodes must differ (ports, folders, names) the
 *     cluster's own count
 * @param stores those to start; for one that is not, {@code settings} must name yours
 * @param environment variables of every node's process beside our own
 * @param proxies whether {@link DevProxies} stand on every way between nodes and stores
 */
public record DevClusterPlan(
    Path dataDirectory,
    List<String> roles,
    int firstHttpPort,
    int nodeHeapMib,
    Optional<Path> config,
    Map<String, String> settings,
    EmbeddedSettings stores,
    Map<String, String> environment,
    boolean proxies) {
  /** Enough for a few hundred clients. */
  public static final int NODE_HEAP_MIB = 256;

  static final int BESIDE_HEAP_MIB = 200;

  public DevClusterPlan {
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("a cluster has at least one node");
    }
    if (firstHttpPort < 0 || firstHttpPort + roles.size() - 1 > 65_535) {
      throw new IllegalArgumentException(
          "the nodes' HTTP ports must be 0 (choose free ones) to 65535, not from " + firstHttpPort);
    }
    if (nodeHeapMib < 128) {
      throw new IllegalArgumentException(
          "a node's heap must be at least 128 MiB, not " + nodeHeapMib);
    }
    dataDirectory = dataDirectory.toAbsolutePath().normalize();
    roles = List.copyOf(roles);
    settings = Map.copyOf(settings);
    stores = stores.withDataDirectory(dataDirectory.resolve("stores"));
    environment = Map.copyOf(environment);
    if (proxies && (stores.cassandra().isEmpty() || stores.kafka().isEmpty())) {
      throw new IllegalArgumentException("proxies stand before stores that the cluster starts");
    }
  }

  /** So many nodes that do everything, on free ports, over both stores. */
  public static DevClusterPlan of(Path dataDirectory, int nodes) {
    return new DevClusterPlan(
        dataDirectory,
        Collections.nCopies(nodes, ""),
        0,
        NODE_HEAP_MIB,
        Optional.empty(),
        Map.of(),
        EmbeddedSettings.in(dataDirectory),
        Map.of(),
        false);
  }

  /** The same with other roles for one node. */
  public DevClusterPlan withRoles(int node, String those) {
    List<String> all = new ArrayList<>(roles);
    all.set(node, those);
    return new DevClusterPlan(
        dataDirectory,
        all,
        firstHttpPort,
        nodeHeapMib,
        config,
        settings,
        stores,
        environment,
        proxies);
  }

  /** The same with these settings for every node. */
  public DevClusterPlan withSettings(Map<String, String> those) {
    return new DevClusterPlan(
        dataDirectory,
        roles,
        firstHttpPort,
        nodeHeapMib,
        config,
        those,
        stores,
        environment,
        proxies);
  }

  /** The same with other stores; their data folder is the cluster's. */
  public DevClusterPlan withStores(EmbeddedSettings those) {
    return new DevClusterPlan(
        dataDirectory,
        roles,
        firstHttpPort,
        nodeHeapMib,
        config,
        settings,
        those,
        environment,
        proxies);
  }

  /** The same with other variables for every node's process. */
  public DevClusterPlan withEnvironment(Map<String, String> those) {
    return new DevClusterPlan(
        dataDirectory, roles, firstHttpPort, nodeHeapMib, config, settings, stores, those, proxies);
  }

  /** The same with a proxy on every way, for faults of the network. */
  public DevClusterPlan withProxies() {
    return new DevClusterPlan(
        dataDirectory,
        roles,
        firstHttpPort,
        nodeHeapMib,
        config,
        settings,
        stores,
        environment,
        true);
  }
}
