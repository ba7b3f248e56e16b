package chat.parley.devcluster;

import chat.parley.auth.SigningKey;
import chat.parley.embedded.DataFolder;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.embedded.Ports;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** Works out what each node of a plan is told. */
final class NodeSpecs {
  private static final String HTTP_PORT = "--http-port";
  private static final String SIGNING_KEY = "auth.signing-key-file";

  private final DevClusterPlan plan;
  private final DataFolder folder;
  private final List<String> names;
  private final List<Integer> httpPorts = new ArrayList<>();
  private final Map<String, Integer> memberPorts = new LinkedHashMap<>();
  private final Ports ports;

  /**
   * Takes the ports.
   *
   * @throws chat.parley.embedded.EmbeddedStackException when one is taken
   */
  NodeSpecs(DevClusterPlan plan, DataFolder folder, List<String> names) {
    this.plan = plan;
    this.folder = folder;
    this.names = names;
    ports = Ports.keptIn(folder.directory().resolve("ports.properties"));
    for (int i = 0; i < names.size(); i++) {
      httpPorts.add(
          plan.firstHttpPort() == 0
              ? ports.chosen(names.get(i) + ".http")
              : ports.configured(HTTP_PORT, plan.firstHttpPort() + i));
      memberPorts.put(names.get(i), ports.chosen(names.get(i) + ".cluster"));
    }
  }

  /** The proxies before what these nodes and their Cassandra listen on. */
  DevProxies proxies(IntSupplier cassandraPort, IntFunction<String> nodeAt) {
    return new DevProxies(memberPorts, ports, cassandraPort, nodeAt);
  }

  /** The nodes, for these stores, by these proxies if there are any. */
  List<NodeSpec> over(Optional<EmbeddedStack> stack, Optional<DevProxies> proxies) {
    Map<String, String> shared = shared();
    stack.ifPresent(stores -> shared.putAll(addresses(stores)));
    List<NodeSpec> specs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Path directory = folder.directory().resolve(names.get(i));
      Map<String, String> settings = new HashMap<>(shared);
      settings.put("http.port", Integer.toString(httpPorts.get(i)));
      settings.put("http.operator-port", "0"); // one port for all nodes would be the first's
      settings.put("data-dir", directory.toString());
      settings.put("cluster.node-name", names.get(i));
      settings.put("cluster.port", Integer.toString(memberPorts.get(names.get(i))));
      String roles = plan.roles().get(i);
      if (!roles.isEmpty()) {
        settings.put("roles", roles);
      }
      String name = names.get(i);
      proxies.ifPresent(some -> settings.putAll(some.settings(name)));
      specs.add(
          new NodeSpec(
              names.get(i),
              roles,
              httpPorts.get(i),
              directory,
              folder.logs().resolve(names.get(i) + ".log"),
              plan.nodeHeapMib(),
              plan.config(),
              Map.copyOf(settings),
              plan.environment()));
    }
    return specs;
  }

  private Map<String, String> shared() {
    Map<String, String> settings = new HashMap<>(plan.settings());
    settings.computeIfAbsent(SIGNING_KEY, key -> signingKey());
    // A node of another run on the same ports is no member of this one.
    settings.putIfAbsent("cluster.name", "dev-" + UUID.randomUUID());
    settings.put("cluster.port-count", "1");
    settings.put(
        "cluster.members",
        memberPorts.values().stream()
            .map(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(",")));
    return settings;
  }

  private String signingKey() {
    Path file = folder.directory().resolve("keys").resolve("signing.key");
    SigningKey.createIfMissing(file);
    return file.toString();
  }

  private Map<String, String> addresses(EmbeddedStack stack) {
    Map<String, String> addresses = new HashMap<>();
    if (plan.stores().cassandra().isPresent()) {
      InetSocketAddress at = stack.cassandraContactPoint();
      addresses.put("cassandra.contact-points", at.getHostString() + ":" + at.getPort());
      addresses.put("cassandra.local-datacenter", stack.localDatacenter());
    }
    if (plan.stores().kafka().isPresent()) {
      addresses.put("kafka.bootstrap-servers", stack.kafkaBootstrap());
    }
    return addresses;
  }
}
