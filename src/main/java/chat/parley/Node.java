package chat.parley;

import chat.parley.auth.SigningKey;
import chat.parley.bus.BusTls;
import chat.parley.bus.StoreGate;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.StoreAwayException;
import chat.parley.gateway.ProbeDoor;
import chat.parley.gateway.Probes;
import chat.parley.gateway.WaitingDoor;
import chat.parley.kafka.StreamAwayException;
import chat.parley.kafka.Topics;
import chat.parley.limit.HazelcastBuckets;
import chat.parley.model.Shard;
import chat.parley.registry.ClusterSettings;
import chat.parley.registry.HazelcastShardDirectory;
import chat.parley.registry.HazelcastStart;
import chat.parley.telemetry.Readiness;
import chat.parley.tls.PeerTls;
import com.hazelcast.core.HazelcastInstance;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One running node: joins the cluster, waits for the stores, and starts the stages of its roles in
 * the order in which they need each other. Read {@link #start} from top to bottom, then {@link
 * Stages}: it is the whole system. Closing it drains: clients are told to go elsewhere, shards are
 * handed over, then the node leaves.
 */
public final class Node {

  private final Settings settings;
  private final Future<Void> stopAsked;
  private final Readiness readiness = new Readiness();
  private final Clock clock = Clock.systemUTC();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final CutOff cutOff;
  private HazelcastInstance hazelcast;
  private Vertx vertx;
  private Optional<WaitingDoor> door = Optional.empty();
  private CassandraSession cassandra;
  private Stages stages;

  private Node(Settings settings, Future<Void> stopAsked) {
    this.settings = settings;
    this.stopAsked = stopAsked;
    this.cutOff =
        new CutOff(Duration.ofSeconds(settings.cluster().cutOffSeconds()), System::nanoTime);
  }

  /**
   * Starts a node; completes when every stage of its roles takes work. Where a store is not there
   * it waits for it, for as long as it takes. A failed start leaves nothing running.
   *
   * @param stopAsked completes when somebody wants the node to stop; a wait for a store then ends
   *     with {@link StoreWait.StopAskedException}
   */
  static Future<Node> start(Settings settings, Future<Void> stopAsked) {
    Node node = new Node(settings, stopAsked);
    // A promise of no event loop: after a failed start there is none left that could say so.
    Promise<Node> started = Promise.promise();
    node.start()
        .onSuccess(done -> started.complete(node))
        .onFailure(cause -> node.close().onComplete(closed -> started.fail(cause)));
    return started.future();
  }

  private Future<Void> start() {
    // Before anything is opened: without a key no token could be trusted.
    SigningKey key = signingKey(settings);
    settings.cluster().tls().ifPresent(PeerTls::requireAmongEquals);
    return HazelcastStart.start(settings.cluster(), settings.roles(), HazelcastBuckets::configure)
        .compose(this::startVertx)
        .compose(started -> openDoor())
        .compose(open -> awaitStores())
        .compose(stores -> Keepers.open(context(), hazelcast, key, stores))
        .compose(this::startStages)
        .compose(deployed -> closeDoor());
  }

  /**
   * From here on the node tells how it is: where it is a gateway, at a door for as long as that is
   * not there, since what comes first would else find nobody at its ports.
   */
  private Future<Void> openDoor() {
    readiness.waitFor("stages", "its stages to start");
    if (!settings.roles().contains("gateway")) {
      return ProbeDoor.open(vertx, settings.http(), probes()).mapEmpty();
    }
    return WaitingDoor.open(vertx, settings.http().shared(), probes())
        .map(
            open -> {
              door = Optional.of(open);
              return null;
            });
  }

  /** Ready it is only afterwards: whoever comes then must not meet a door that is closing. */
  private Future<Void> closeDoor() {
    return door.map(WaitingDoor::close)
        .orElseGet(Future::succeededFuture)
        .onSuccess(closed -> readiness.arrived("stages"));
  }

  private Future<Stores> awaitStores() {
    StoreWait wait = new StoreWait(vertx, readiness, stopAsked);
    StoreWait.Store cassandraStore =
        new StoreWait.Store(
            "Cassandra", settings.cassandra().contactPoints(), StoreAwayException.class);
    StoreWait.Store kafka =
        new StoreWait.Store(
            "Kafka", settings.kafka().bootstrapServers(), StreamAwayException.class);
    Future<Stores> stores =
        wait.until(
                cassandraStore,
                () -> CassandraConnector.connect(vertx, settings.cassandra(), meters))
            .compose(
                session -> {
                  cassandra = session;
                  return wait.until(
                      cassandraStore, () -> Stores.open(context(), session, hazelcast));
                });
    Future<Void> topics = wait.until(kafka, () -> Topics.ensure(vertx, settings.kafka()));
    return Future.all(stores, topics).map(both -> both.resultAt(0));
  }

  private NodeContext context() {
    return new NodeContext(vertx, settings, meters, cutOff, clock);
  }

  private Future<Void> startStages(Keepers keepers) {
    watchHealth(keepers);
    stages =
        new Stages(
            context(),
            keepers,
            NodeLoad.watch(context()),
            cassandra.gate(),
            probes(),
            settings.http().shared());
    return stages.start();
  }

  /**
   * From here on the node can be unready for what happens to it, and notices when it is cut off.
   */
  private void watchHealth(Keepers keepers) {
    readiness.watch("cluster", () -> withoutMost(cutOff));
    readiness.watch("shards", () -> withoutOwner(keepers.directory()));
    readiness.watch("Cassandra", () -> withoutAnswer(cassandra.gate()));
    if (!settings.roles().contains("ingest")) { // else its keeper of shards looks
      keepers
          .stores()
          .log()
          .partWatch(
              vertx, settings.log(), () -> keepers.cluster().nodesWith("ingest"), cutOff::report)
          .start();
    }
  }

  /**
   * The key of these settings, made where it is this node's to make.
   *
   * @throws IllegalArgumentException where it cannot be used
   */
  static SigningKey signingKey(Settings settings) {
    return settings.auth().signingKeyFile() == null
        ? SigningKey.createIfMissing(settings.signingKeyFile())
        : SigningKey.load(settings.signingKeyFile());
  }

  private Future<Void> startVertx(HazelcastInstance joined) {
    hazelcast = joined;
    hazelcast.getLifecycleService().addLifecycleListener(cutOff);
    HazelcastStart.watchBus(hazelcast, cutOff::giveUp);
    return Vertx.builder()
        .with(new VertxOptions().setEventBusOptions(bus(settings.cluster())))
        .withClusterManager(new HazelcastClusterManager(joined))
        .buildClustered()
        .map(
            started -> {
              vertx = started;
              BusCodecs.install(vertx.eventBus());
              return null;
            });
  }

  /** How this node's bus is reached, and by whom: with TLS by nodes of the cluster only. */
  static EventBusOptions bus(ClusterSettings cluster) {
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(cluster.host())
            .setPort(cluster.busPort())
            .setClusterPublicHost(cluster.publicHost())
            .setClusterPingInterval(3_000)
            .setClusterPingReplyInterval(3_000);
    if (cluster.reached().busPort() > 0) { // else others are told the one it listens on
      bus.setClusterPublicPort(cluster.reached().busPort());
    }
    cluster.tls().ifPresent(tls -> BusTls.guard(bus, tls));
    return bus;
  }

  private Probes probes() {
    return new Probes(meters::scrape, readiness::waitingFor);
  }

  private static Optional<String> withoutMost(CutOff cutOff) {
    return cutOff.isNow() ? Optional.of("the larger part of the cluster") : Optional.empty();
  }

  private static Optional<String> withoutAnswer(StoreGate cassandra) {
    return cassandra.isOpen() ? Optional.empty() : Optional.of("Cassandra, which does not answer");
  }

  private static Optional<String> withoutOwner(HazelcastShardDirectory directory) {
    long without =
        IntStream.range(0, Shard.COUNT).filter(shard -> directory.ownerOf(shard).isEmpty()).count();
    return without == 0 ? Optional.empty() : Optional.of("owners of " + without + " shards");
  }

  /** The port that browsers connect to; only where this node is a gateway. */
  public int httpPort() {
    return stages.httpPort();
  }

  /**
   * Completes with the reason, in words, when this node is cut off for good: close it, and let it
   * be started anew.
   */
  public Future<String> cutOff() {
    return cutOff.hopeless();
  }

  /** Drains and stops everything, the last started first. Completes in any case. */
  public Future<Void> close() {
    cutOff.closing();
    // A promise of no event loop: by the end there is none left that could say that all is closed.
    Promise<Void> closed = Promise.promise();
    closeStages()
        .compose(
            gone ->
                cassandra == null ? Future.succeededFuture() : cassandra.close().otherwiseEmpty())
        .onComplete(gone -> closeVertx().onComplete(last -> leave(closed)));
    return closed.future();
  }

  private Future<Void> closeStages() {
    return stages == null ? Future.succeededFuture() : stages.close();
  }

  private Future<Void> closeVertx() {
    return vertx == null ? Future.succeededFuture() : vertx.close();
  }

  private void leave(Promise<Void> left) {
    try {
      if (hazelcast != null) {
        hazelcast.shutdown();
      }
      meters.close();
    } finally {
      left.complete();
    }
  }
}
