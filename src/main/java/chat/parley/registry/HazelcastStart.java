package chat.parley.registry;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ReplicatedMapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Starts this node's member of the cluster: TCP join to named members only, no multicast, no
 * telemetry, no REST. The member carries the node's id and roles as attributes, so that all nodes
 * know them as soon as they see it, and forget them with it.
 */
public final class HazelcastStart {
  static final String DEVICES = "parley.devices";
  static final String SHARDS = "parley.shards";
  static final String GATEWAYS = "parley.gateways";
  static final String INTERESTS = "parley.interests";
  static final String PRESENCE = "parley.presence";
  static final String REVOKED = "parley.revoked";

  /** Vert.x takes its own node id from here when it is given a running instance. */
  static final String NODE_ATTRIBUTE = "__vertx.nodeId";

  static final String ROLES_ATTRIBUTE = "parley.roles";

  /** Whether the node's event bus speaks TLS; a node of before there was any says nothing. */
  private static final String BUS_TLS_ATTRIBUTE = "parley.bus-tls";

  /**
   * How long what is said to the grid stays there at most, in milliseconds. The grid reckons by the
   * clock of the node that owns an entry, which may be anybody next and wrong by hours; what has
   * ended is told by our own time, in the entry.
   */
  static final long KEPT_MS = 86_400_000;

  private static final int ID_SUFFIX = 8;

  private HazelcastStart() {}

  /**
   * Joins the cluster or begins one. Give the instance to Vert.x ({@code new
   * HazelcastClusterManager(instance)}) and shut it down after Vert.x has closed: it has no hook of
   * its own.
   *
   * @param roles what this node does, such as {@code gateway}
   * @param others ready the config for what others keep in the grid
   * @return fails where no port is free, and where the others' event bus is encrypted and this
   *     node's is not, or the other way round: it would take work, and nobody would reach it
   */
  public static Future<HazelcastInstance> start(
      ClusterSettings settings, Collection<String> roles, Consumer<Config> others) {
    Promise<HazelcastInstance> started = Promise.promise();
    // Vert.x is not there yet, so there is no worker to block: the join gets a thread of its own.
    Thread thread =
        new Thread(
            () -> {
              try {
                Config config = config(settings, roles);
                others.accept(config);
                started.complete(requireOneBus(Hazelcast.newHazelcastInstance(config)));
              } catch (RuntimeException e) {
                started.fail(
                    new IllegalStateException(
                        "cannot start the cluster on "
                            + settings.host()
                            + ":"
                            + settings.port()
                            + ": "
                            + e.getMessage(),
                        e));
              }
            },
            "parley-cluster-start");
    thread.setDaemon(true);
    thread.start();
    return started.future();
  }

  private static HazelcastInstance requireOneBus(HazelcastInstance joined) {
    Optional<String> fault = otherBus(joined);
    if (fault.isPresent()) {
      joined.shutdown();
      throw new IllegalStateException(fault.get());
    }
    return joined;
  }

  /**
   * Looks again when two clusters have become one, and tells what must not be: on one bus nodes
   * with TLS and nodes without it do not hear each other.
   */
  public static void watchBus(HazelcastInstance joined, Consumer<String> told) {
    joined
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                otherBus(joined).ifPresent(told);
              }
            });
  }

  /** The oldest member says what holds: it never is the one to go. */
  private static Optional<String> otherBus(HazelcastInstance joined) {
    Member own = joined.getCluster().getLocalMember();
    Member oldest = joined.getCluster().getMembers().iterator().next();
    if (isBusEncrypted(oldest) == isBusEncrypted(own)) {
      return Optional.empty();
    }
    String how = isBusEncrypted(oldest) ? "with TLS" : "without TLS";
    return Optional.of(
        ("node %s speaks to the others %s: set cluster.tls-trust, cluster.tls-certificate and"
                + " cluster.tls-key on all nodes or on none")
            .formatted(oldest.getAttribute(NODE_ATTRIBUTE), how));
  }

  private static boolean isBusEncrypted(Member member) {
    return Boolean.parseBoolean(member.getAttribute(BUS_TLS_ATTRIBUTE));
  }

  static Config config(ClusterSettings settings, Collection<String> roles) {
    Config config = new Config();
    String id =
        settings.nodeName().toLowerCase(Locale.ROOT)
            + "-"
            + UUID.randomUUID().toString().substring(0, ID_SUFFIX);
    config.setClusterName(settings.clusterName());
    config.setInstanceName(id);
    config.getMemberAttributeConfig().setAttribute(NODE_ATTRIBUTE, id);
    config.getMemberAttributeConfig().setAttribute(ROLES_ATTRIBUTE, String.join(",", roles));
    config
        .getMemberAttributeConfig()
        .setAttribute(BUS_TLS_ATTRIBUTE, Boolean.toString(settings.tls().isPresent()));
    network(config.getNetworkConfig(), settings);
    properties(config, settings);
    maps(config);
    RegistrySerializers.addTo(config.getSerializationConfig());
    config.getSerializationConfig().setJavaSerializationFilterConfig(filter());
    config.getMetricsConfig().setEnabled(false);
    return config;
  }

  private static void network(NetworkConfig network, ClusterSettings settings) {
    network
        .setPort(settings.port())
        .setPortCount(settings.portCount())
        .setPortAutoIncrement(settings.portCount() > 1);
    // Not by its interfaces: members whose names are other addresses than these it would not look
    // for, and every node would be a cluster of its own.
    network.getMemberAddressProviderConfig().setEnabled(true).setImplementation(address(settings));
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    // A node alone does not join at all: it must never find a stranger on a neighbouring port.
    join.getTcpIpConfig().setEnabled(!settings.members().isEmpty()).setMembers(settings.members());
  }

  private static MemberAddressProvider address(ClusterSettings settings) {
    InetSocketAddress bound = new InetSocketAddress(settings.host(), 0); // the ports it tries
    InetSocketAddress reached =
        new InetSocketAddress(settings.publicHost(), settings.reached().port());
    return new MemberAddressProvider() {
      @Override
      public InetSocketAddress getBindAddress() {
        return bound;
      }

      @Override
      public InetSocketAddress getBindAddress(EndpointQualifier qualifier) {
        return bound;
      }

      @Override
      public InetSocketAddress getPublicAddress() {
        return reached;
      }

      @Override
      public InetSocketAddress getPublicAddress(EndpointQualifier qualifier) {
        return reached;
      }
    };
  }

  private static void properties(Config config, ClusterSettings settings) {
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.prefer.ipv4.stack", "true");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty(
        "hazelcast.max.no.heartbeat.seconds", String.valueOf(settings.silentSeconds()));
    // Nodes that started at once may have found each other too late: look for them soon, often.
    config.setProperty("hazelcast.wait.seconds.before.join", "1");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "10");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "10");
    config.setProperty("hazelcast.operation.call.timeout.millis", "10000");
    config.setProperty("hazelcast.graceful.shutdown.max.wait", "10");
  }

  private static void maps(Config config) {
    config.addMapConfig(
        new MapConfig(DEVICES).setBackupCount(1).setTimeToLiveSeconds((int) (KEPT_MS / 1_000)));
    config.addMapConfig(
        new MapConfig(INTERESTS).setBackupCount(1).setTimeToLiveSeconds((int) (KEPT_MS / 1_000)));
    config.addMapConfig(new MapConfig(GATEWAYS).setBackupCount(1));
    // Each write gives its entry its time. A copy that is a moment behind costs no more than a
    // beat.
    config.addMapConfig(new MapConfig(PRESENCE).setBackupCount(0).setAsyncBackupCount(1));
    config.addReplicatedMapConfig(new ReplicatedMapConfig(SHARDS).setAsyncFillup(false));
    config.addReplicatedMapConfig(new ReplicatedMapConfig(REVOKED).setAsyncFillup(false));
    // What Vert.x's cluster manager needs: its own default file says the same.
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
  }

  private static JavaSerializationFilterConfig filter() {
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.setDefaultsDisabled(true);
    for (String prefix :
        List.of("com.hazelcast.", "io.vertx.", "java.lang.", "java.util.", "chat.parley.")) {
      // Arrays too: every exception that a member answers with holds one, and an answer that cannot
      // be read is waited for in vain.
      filter.getWhitelist().addPrefixes(prefix, "[L" + prefix);
    }
    return filter;
  }
}
