package chat.parley;

import chat.parley.auth.Accounts;
import chat.parley.auth.Devices;
import chat.parley.auth.JwtTokens;
import chat.parley.auth.Passwords;
import chat.parley.auth.SigningKey;
import chat.parley.auth.Tokens;
import chat.parley.bus.Bus;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.fanout.FanOutVerticle;
import chat.parley.gateway.EdgeServices;
import chat.parley.gateway.GatewayPieces;
import chat.parley.gateway.GatewayVerticle;
import chat.parley.gateway.HttpEdge;
import chat.parley.gateway.Probes;
import chat.parley.gateway.RestApi;
import chat.parley.ingest.IngestVerticle;
import chat.parley.kafka.StreamProducer;
import chat.parley.kafka.Topics;
import chat.parley.letters.LetterDesk;
import chat.parley.log.ConversationLog;
import chat.parley.model.Shard;
import chat.parley.receipts.CursorMover;
import chat.parley.receipts.ReceiptReader;
import chat.parley.receipts.ReceiptsVerticle;
import chat.parley.registry.HazelcastClusterView;
import chat.parley.registry.HazelcastDeviceRegistry;
import chat.parley.registry.HazelcastShardDirectory;
import chat.parley.registry.HazelcastStart;
import chat.parley.registry.ShardRouter;
import chat.parley.relay.OutboxRelay;
import chat.parley.sync.SyncVerticle;
import com.hazelcast.core.HazelcastInstance;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: joins the cluster, connects to the stores, and starts the stages of its roles
 * in the order in which they need each other. Read {@link #start} from top to bottom: it is the
 * whole system. Closing it drains: clients are told to go elsewhere, shards are handed over, then
 * the node leaves.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long BUS_TIMEOUT_MS = 5_000;
  private static final long SEARCH_DEADLINE_MS = 8_000;
  private static final long PRODUCER_CLOSE_MS = 3_000;
  private static final long DIRECTORY_REFRESH_MS = 5_000;

  private final Settings settings;
  private final Clock clock = Clock.systemUTC();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Deque<String> deployments = new ArrayDeque<>();
  private final CutOff cutOff;
  private HazelcastInstance hazelcast;
  private Vertx vertx;
  private CassandraSession cassandra;
  private StreamProducer producer;
  private GatewayVerticle gateway;
  private LetterDesk letters;

  private Node(Settings settings) {
    this.settings = settings;
    this.cutOff =
        new CutOff(Duration.ofSeconds(settings.cluster().cutOffSeconds()), System::nanoTime);
  }

  /**
   * Starts a node; completes when every stage of its roles takes work. A failed start leaves
   * nothing running.
   */
  public static Future<Node> start(Settings settings) {
    Node node = new Node(settings);
    // A promise of no event loop: after a failed start there is none left that could say so.
    Promise<Node> started = Promise.promise();
    node.start()
        .onSuccess(done -> started.complete(node))
        .onFailure(cause -> node.close().onComplete(closed -> started.fail(cause)));
    return started.future();
  }

  private Future<Void> start() {
    // Before anything is opened: without a key no token could be trusted.
    SigningKey key = signingKey();
    return HazelcastStart.start(settings.cluster(), settings.roles())
        .compose(this::startVertx)
        .compose(started -> CassandraConnector.connect(vertx, settings.cassandra(), meters))
        .compose(
            session -> {
              cassandra = session;
              return Topics.ensure(vertx, settings.kafka());
            })
        .compose(ready -> openKeepers(key))
        .compose(keepers -> deploy(stages(keepers), 0));
  }

  /** What the stages share. */
  private record Keepers(
      Bus bus,
      ConversationLog log,
      Conversations conversations,
      Cursors cursors,
      Accounts accounts,
      Devices devices,
      Tokens tokens,
      HazelcastClusterView cluster,
      HazelcastShardDirectory directory,
      HazelcastDeviceRegistry registry,
      ShardRouter router) {}

  private Future<Keepers> openKeepers(SigningKey key) {
    HazelcastClusterView cluster = new HazelcastClusterView(hazelcast);
    return Future.all(
            ConversationLog.over(cassandra),
            Conversations.over(cassandra),
            Cursors.over(cassandra),
            Accounts.open(cassandra, settings.auth(), clock),
            Devices.open(cassandra, settings.auth(), clock),
            HazelcastShardDirectory.open(vertx, hazelcast, cluster))
        .map(
            opened -> {
              HazelcastShardDirectory directory = opened.resultAt(5);
              HazelcastDeviceRegistry registry =
                  new HazelcastDeviceRegistry(vertx, hazelcast, cluster, settings.cluster());
              vertx.setPeriodic(
                  settings.cluster().deviceTtlSeconds() * 1_000L / 3, tick -> registry.refresh());
              vertx.setPeriodic(DIRECTORY_REFRESH_MS, tick -> directory.refresh());
              Bus bus = new Bus(vertx, BUS_TIMEOUT_MS);
              return new Keepers(
                  bus,
                  opened.resultAt(0),
                  opened.resultAt(1),
                  opened.resultAt(2),
                  opened.resultAt(3),
                  opened.resultAt(4),
                  new JwtTokens(vertx, key, settings.auth(), clock),
                  cluster,
                  directory,
                  registry,
                  new ShardRouter(vertx, bus, directory, SEARCH_DEADLINE_MS, clock, meters));
            });
  }

  private SigningKey signingKey() {
    return settings.auth().signingKeyFile() == null
        ? SigningKey.createIfMissing(settings.dataDirectory().resolve("keys/signing.key"))
        : SigningKey.load(settings.auth().signingKeyFile());
  }

  private Future<Void> startVertx(HazelcastInstance joined) {
    hazelcast = joined;
    hazelcast.getLifecycleService().addLifecycleListener(cutOff);
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(settings.cluster().host())
            .setPort(settings.cluster().busPort())
            .setClusterPublicHost(settings.cluster().publicHost())
            .setClusterPingInterval(3_000)
            .setClusterPingReplyInterval(3_000);
    if (settings.cluster().reached().busPort() > 0) { // else others are told the one it listens on
      bus.setClusterPublicPort(settings.cluster().reached().busPort());
    }
    return Vertx.builder()
        .with(new VertxOptions().setEventBusOptions(bus))
        .withClusterManager(new HazelcastClusterManager(joined))
        .buildClustered()
        .map(
            started -> {
              vertx = started;
              BusCodecs.install(vertx.eventBus());
              return null;
            });
  }

  /** The stages in the order in which they start: what answers before what asks, browsers last. */
  private List<Stage> stages(Keepers keepers) {
    return List.of(
        new Stage("ingest", () -> ingest(keepers)),
        new Stage(
            "sync",
            () ->
                new SyncVerticle(
                    keepers.bus(),
                    keepers.log().reads(),
                    keepers.conversations(),
                    keepers.cursors(),
                    keepers.router())),
        new Stage("receipts", () -> receipts(keepers)),
        new Stage("fanout", () -> fanOut(keepers)),
        new Stage("gateway", () -> gateway(keepers)));
  }

  /** With the relay: it belongs to the owner of a shard. */
  private Deployable ingest(Keepers keepers) {
    producer = StreamProducer.ofChanges(vertx, settings.kafka(), meters);
    return new IngestVerticle(
        new IngestVerticle.Parts(
            keepers.bus(),
            keepers.log(),
            keepers.conversations(),
            keepers.cluster(),
            keepers.directory(),
            settings.log(),
            lineage(keepers.cluster()),
            clock,
            meters,
            outbox -> new OutboxRelay(vertx, outbox, producer, clock, meters),
            cutOff::report));
  }

  private static Deployable receipts(Keepers keepers) {
    return new ReceiptsVerticle(
        keepers.bus(),
        new CursorMover(
            keepers.conversations(),
            keepers.cursors(),
            keepers.log().reads(),
            keepers.router()::heads,
            Clock.systemUTC()),
        new ReceiptReader(keepers.conversations(), keepers.cursors()));
  }

  private Deployable fanOut(Keepers keepers) {
    return new FanOutVerticle(
        settings.fanOut(),
        settings.kafka(),
        new FanOutVerticle.Parts(
            keepers.bus(),
            keepers.conversations(),
            keepers.registry(),
            keepers.cluster(),
            clock,
            meters));
  }

  private Deployable gateway(Keepers keepers) {
    letters = new LetterDesk(vertx, settings.kafka(), meters, clock);
    letters.watch();
    RestApi api =
        new RestApi(
            new EdgeServices(
                settings.auth(),
                keepers.tokens(),
                new Passwords(vertx, settings.auth()),
                keepers.accounts(),
                keepers.devices(),
                keepers.router(),
                keepers.bus(),
                letters));
    Probes probes = new Probes(meters::scrape, () -> waitingFor(keepers.directory(), cutOff));
    GatewayPieces pieces =
        new GatewayPieces(
            keepers.cluster().self(),
            keepers.bus(),
            keepers.router(),
            keepers.tokens(),
            who -> keepers.devices().find(who.userId(), who.deviceId()).map(Optional::isPresent),
            keepers.registry(),
            keepers.cluster()::onReunion,
            meters,
            clock,
            settings.gateway());
    gateway =
        new GatewayVerticle(
            pieces,
            settings.http(),
            sockets -> new HttpEdge(vertx, settings.http(), api, probes).router(sockets),
            api::listen);
    return gateway;
  }

  private record Stage(String role, Supplier<Deployable> verticle) {}

  private Future<Void> deploy(List<Stage> stages, int index) {
    if (index == stages.size()) {
      return Future.succeededFuture();
    }
    Stage stage = stages.get(index);
    if (!settings.roles().contains(stage.role())) {
      return deploy(stages, index + 1);
    }
    return vertx
        .deployVerticle(stage.verticle().get())
        .compose(
            id -> {
              deployments.push(id);
              LOG.atInfo().addKeyValue("role", stage.role()).log("stage started");
              return deploy(stages, index + 1);
            });
  }

  /**
   * A run on a data folder that it holds locked is the only one of its lineage, so it takes over at
   * once what the last run on that folder held. Elsewhere nothing keeps two nodes from bearing one
   * name: there each run stands for itself.
   */
  private String lineage(HazelcastClusterView cluster) {
    return settings.embedded().cassandra().isPresent() ? "embedded" : cluster.self();
  }

  private static List<String> waitingFor(HazelcastShardDirectory directory, CutOff cutOff) {
    if (cutOff.isNow()) {
      return List.of("the larger part of the cluster");
    }
    long without =
        IntStream.range(0, Shard.COUNT).filter(shard -> directory.ownerOf(shard).isEmpty()).count();
    return without == 0 ? List.of() : List.of("owners of " + without + " shards");
  }

  /** The port that browsers connect to; only where this node is a gateway. */
  public int httpPort() {
    return gateway.httpPort();
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
    undeploy()
        .compose(
            gone -> letters == null ? Future.succeededFuture() : letters.close().otherwiseEmpty())
        .compose(
            gone ->
                producer == null
                    ? Future.succeededFuture()
                    : producer.close(PRODUCER_CLOSE_MS).otherwiseEmpty())
        .compose(
            gone ->
                cassandra == null ? Future.succeededFuture() : cassandra.close().otherwiseEmpty())
        .onComplete(gone -> closeVertx().onComplete(last -> leave(closed)));
    return closed.future();
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

  private Future<Void> undeploy() {
    if (deployments.isEmpty()) {
      return Future.succeededFuture();
    }
    return vertx.undeploy(deployments.pop()).otherwiseEmpty().compose(gone -> undeploy());
  }
}
