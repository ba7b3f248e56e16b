package chat.parley;

import chat.parley.audit.ChainKey;
import chat.parley.auth.JwtTokens;
import chat.parley.auth.SigningKey;
import chat.parley.auth.Tokens;
import chat.parley.bus.Bus;
import chat.parley.limit.HazelcastBuckets;
import chat.parley.registry.HazelcastClusterView;
import chat.parley.registry.HazelcastDeviceRegistry;
import chat.parley.registry.HazelcastInterests;
import chat.parley.registry.HazelcastPresences;
import chat.parley.registry.HazelcastShardDirectory;
import chat.parley.registry.ShardRouter;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;

/** What the stages of a node share: who is in the cluster, who owns what, who is where. */
record Keepers(
    Bus bus,
    Stores stores,
    Tokens tokens,
    ChainKey auditKey,
    HazelcastClusterView cluster,
    HazelcastShardDirectory directory,
    HazelcastDeviceRegistry registry,
    HazelcastInterests interests,
    HazelcastPresences presences,
    HazelcastBuckets buckets,
    ShardRouter router) {
  private static final long BUS_TIMEOUT_MS = 5_000;
  private static final long SEARCH_DEADLINE_MS = 8_000;
  private static final long DIRECTORY_REFRESH_MS = 5_000;
  private static final long REVOCATIONS_REFRESH_MS = 30_000;

  /** Opens them, and keeps what this node has put into the cluster from expiring. */
  static Future<Keepers> open(
      NodeContext node, HazelcastInstance hazelcast, SigningKey key, Stores stores) {
    HazelcastClusterView cluster = new HazelcastClusterView(hazelcast);
    return HazelcastShardDirectory.open(node.vertx(), hazelcast, cluster)
        .map(
            directory -> {
              Bus bus = new Bus(node.vertx(), BUS_TIMEOUT_MS);
              Keepers keepers =
                  new Keepers(
                      bus,
                      stores,
                      new JwtTokens(
                          node.vertx(),
                          key,
                          node.settings().auth(),
                          node.clock(),
                          stores.revocations()::isRevoked),
                      new ChainKey(key.derive(AuditCommand.KEY_PURPOSE)),
                      cluster,
                      directory,
                      new HazelcastDeviceRegistry(
                          node.vertx(), hazelcast, cluster, node.settings().cluster()),
                      new HazelcastInterests(node.vertx(), hazelcast, cluster),
                      new HazelcastPresences(
                          node.vertx(), hazelcast, cluster, node.settings().presence()),
                      new HazelcastBuckets(node.vertx(), hazelcast),
                      new ShardRouter(
                          node.vertx(),
                          bus,
                          directory,
                          SEARCH_DEADLINE_MS,
                          node.clock(),
                          node.meters()));
              keepers.refresh(node);
              return keepers;
            });
  }

  private void refresh(NodeContext node) {
    cluster.measure(node.meters());
    node.vertx()
        .setPeriodic(
            node.settings().cluster().deviceTtlSeconds() * 1_000L / 3,
            tick -> {
              registry.refresh();
              interests.refresh();
            });
    node.vertx().setPeriodic(DIRECTORY_REFRESH_MS, tick -> directory.refresh());
    node.vertx().setPeriodic(REVOCATIONS_REFRESH_MS, tick -> stores.revocations().refresh());
  }
}
