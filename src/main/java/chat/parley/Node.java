package chat.parley;

import chat.parley.auth.Accounts;
import chat.parley.auth.Devices;
import chat.parley.auth.JwtTokens;
import chat.parley.auth.Passwords;
import chat.parley.auth.SigningKey;
import chat.parley.auth.Tokens;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.StoreAwayException;
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.fanout.FanOutVerticle;
import chat.parley.fanout.LargeFanOutVerticle;
import chat.parley.gateway.EdgeServices;
import chat.parley.gateway.GatewayPieces;
import chat.parley.gateway.GatewayVerticle;
import chat.parley.gateway.HttpEdge;
import chat.parley.gateway.LongPolls;
import chat.parley.gateway.Probes;
import chat.parley.gateway.RestApi;
import chat.parley.gateway.WaitingDoor;
import chat.parley.inbox.InboxVerticle;
import chat.parley.ingest.IngestVerticle;
import chat.parley.kafka.GroupProgress;
import chat.parley.kafka.Journal;
import chat.parley.kafka.StreamAwayException;
import chat.parley.kafka.StreamProducer;
import chat.parley.kafka.Topics;
import chat.parley.letters.LetterDesk;
import chat.parley.log.ConversationLog;
import chat.parley.log.WriteAhead;
import chat.parley.model.Shard;
import chat.parley.personal.InboxRows;
import chat.parley.personal.PersonalSettings;
import chat.parley.receipts.CursorMover;
import chat.parley.receipts.LargeReceipts;
import chat.parley.receipts.Places;
import chat.parley.receipts.ReceiptReader;
import chat.parley.receipts.ReceiptsVerticle;
import chat.parley.receipts.Sizes;
import chat.parley.registry.HazelcastClusterView;
import chat.parley.registry.HazelcastDeviceRegistry;
import chat.parley.registry.HazelcastInterests;
import chat.parley.registry.HazelcastShardDirectory;
import chat.parley.registry.HazelcastStart;
import chat.parley.registry.ShardRouter;
import chat.parley.relay.OutboxRelay;
import chat.parley.sync.SyncVerticle;
import chat.parley.telemetry.Readiness;
import com.hazelcast.core.HazelcastInstance;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: joins the cluster, waits for the stores, and starts the stages of its roles in
 * the order in which they need each other. Read {@link #start} from top to bottom: it is the whole
 * system. Closing it drains: clients are told to go elsewhere, shards are handed over, then the
 * node leaves.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long BUS_TIMEOUT_MS = 5_000;
  private static final long SEARCH_DEADLINE_MS = 8_000;
  private static final long PRODUCER_CLOSE_MS = 3_000;
  private static final long DIRECTORY_REFRESH_MS = 5_000;

  private final Settings settings;
  private final Future<Void> stopAsked;
  private final Readiness readiness = new Readiness();
  private final Clock clock = Clock.systemUTC();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Deque<String> deployments = new ArrayDeque<>();
  private final CutOff cutOff;
  private HazelcastInstance hazelcast;
  private Vertx vertx;
  private Optional<WaitingDoor> door = Optional.empty();
  private CassandraSession cassandra;
  private StreamProducer producer;
  private StreamProducer largeProducer;
  private Journal journal;
  private GatewayVerticle gateway;
  private LetterDesk letters;
  private final List<GroupProgress> projected = new ArrayList<>();

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
    SigningKey key = signingKey();
    return HazelcastStart.start(settings.cluster(), settings.roles())
        .compose(this::startVertx)
        .compose(started -> openDoor())
        .compose(open -> awaitStores())
        .compose(stores -> openKeepers(key, stores))
        .compose(keepers -> deploy(stages(keepers), 0))
        .compose(deployed -> closeDoor());
  }

  /** Until the gateway is there: what comes first would else find nobody at its port. */
  private Future<Void> openDoor() {
    if (!settings.roles().contains("gateway")) {
      return Future.succeededFuture();
    }
    readiness.waitFor("stages", "its stages to start");
    return WaitingDoor.open(vertx, settings.http(), probes())
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

  /** What is kept in Cassandra, ready for use. */
  private record Stores(
      ConversationLog log,
      Conversations conversations,
      ChannelNames channelNames,
      Cursors cursors,
      PersonalSettings personal,
      InboxRows rows,
      ConversationScan scan,
      Accounts accounts,
      Devices devices) {}

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
                  return wait.until(cassandraStore, this::openStores);
                });
    Future<Void> topics = wait.until(kafka, () -> Topics.ensure(vertx, settings.kafka()));
    return Future.all(stores, topics).map(both -> both.resultAt(0));
  }

  private Future<Stores> openStores() {
    return Future.all(
            List.of(
                ConversationLog.over(cassandra),
                Conversations.over(cassandra),
                ChannelNames.over(cassandra),
                Cursors.over(cassandra),
                PersonalSettings.over(cassandra),
                InboxRows.over(cassandra),
                ConversationScan.over(cassandra),
                Accounts.open(cassandra, settings.auth(), clock),
                Devices.open(cassandra, settings.auth(), clock)))
        .map(
            opened ->
                new Stores(
                    opened.resultAt(0),
                    opened.resultAt(1),
                    opened.resultAt(2),
                    opened.resultAt(3),
                    opened.resultAt(4),
                    opened.resultAt(5),
                    opened.resultAt(6),
                    opened.resultAt(7),
                    opened.resultAt(8)));
  }

  /** What the stages share. */
  private record Keepers(
      Bus bus,
      Stores stores,
      Tokens tokens,
      HazelcastClusterView cluster,
      HazelcastShardDirectory directory,
      HazelcastDeviceRegistry registry,
      HazelcastInterests interests,
      ShardRouter router) {}

  private Future<Keepers> openKeepers(SigningKey key, Stores stores) {
    HazelcastClusterView cluster = new HazelcastClusterView(hazelcast);
    return HazelcastShardDirectory.open(vertx, hazelcast, cluster)
        .map(
            directory -> {
              HazelcastDeviceRegistry registry =
                  new HazelcastDeviceRegistry(vertx, hazelcast, cluster, settings.cluster());
              HazelcastInterests interests = new HazelcastInterests(vertx, hazelcast, cluster);
              vertx.setPeriodic(
                  settings.cluster().deviceTtlSeconds() * 1_000L / 3,
                  tick -> {
                    registry.refresh();
                    interests.refresh();
                  });
              vertx.setPeriodic(DIRECTORY_REFRESH_MS, tick -> directory.refresh());
              readiness.watch("cluster", () -> withoutMost(cutOff));
              readiness.watch("shards", () -> withoutOwner(directory));
              readiness.watch(
                  "Cassandra",
                  () ->
                      cassandra.gate().isOpen()
                          ? Optional.empty()
                          : Optional.of("Cassandra, which does not answer"));
              if (!settings.roles().contains("ingest")) { // else its keeper of shards looks
                stores
                    .log()
                    .partWatch(
                        vertx, settings.log(), () -> cluster.nodesWith("ingest"), cutOff::report)
                    .start();
              }
              Bus bus = new Bus(vertx, BUS_TIMEOUT_MS);
              return new Keepers(
                  bus,
                  stores,
                  new JwtTokens(vertx, key, settings.auth(), clock),
                  cluster,
                  directory,
                  registry,
                  interests,
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
        new Stage("sync", () -> sync(keepers)),
        new Stage("inbox", () -> inbox(keepers)),
        new Stage("receipts", () -> receipts(keepers)),
        new Stage("fanout", () -> fanOut(keepers)),
        new Stage(
            "fanout",
            () ->
                new LargeFanOutVerticle(settings.fanOut(), settings.kafka(), fanOutParts(keepers)),
            LargeFanOutVerticle.options()),
        new Stage("gateway", () -> gateway(keepers)));
  }

  /** With the relay: it belongs to the owner of a shard. */
  private Deployable ingest(Keepers keepers) {
    producer = StreamProducer.ofChanges(vertx, settings.kafka(), meters);
    largeProducer = StreamProducer.ofChanges(vertx, settings.kafka().forLarge(), meters);
    journal = new Journal(vertx, settings.kafka(), Shard.COUNT, meters);
    return new IngestVerticle(
        new IngestVerticle.Parts(
            keepers.bus(),
            keepers.stores().log(),
            keepers.stores().conversations(),
            keepers.stores().channelNames(),
            cassandra.gate(),
            keepers.cluster(),
            keepers.directory(),
            settings.log(),
            settings.messages(),
            settings.limits(),
            settings.sizes(),
            lineage(keepers.cluster()),
            clock,
            meters,
            new WriteAhead(journal),
            outbox -> new OutboxRelay(vertx, outbox, producer, largeProducer, clock, meters),
            cutOff::report));
  }

  /** All topics in which changes go; a further one must be named here. */
  private List<InboxVerticle.Stream> inboxStreams() {
    return List.of(new InboxVerticle.Stream(settings.kafka(), settings.inbox().group()));
  }

  /** How far the inboxes' rows are behind at most: sync relies on it, and the inbox's sampler. */
  private LongSupplier rowsAgeMs() {
    if (projected.isEmpty()) {
      inboxStreams().stream()
          .map(stream -> GroupProgress.watch(stream.kafka(), stream.group(), meters))
          .forEach(projected::add);
    }
    return () -> projected.stream().mapToLong(GroupProgress::ageMs).max().orElse(Long.MAX_VALUE);
  }

  private Deployable sync(Keepers keepers) {
    return new SyncVerticle(
        new SyncVerticle.Parts(
            keepers.bus(),
            keepers.stores().log(),
            keepers.stores().conversations(),
            keepers.stores().channelNames(),
            keepers.stores().cursors(),
            keepers.stores().personal(),
            keepers.stores().rows(),
            rowsAgeMs(),
            keepers.router(),
            clock,
            meters));
  }

  private Deployable inbox(Keepers keepers) {
    return new InboxVerticle(
        settings.inbox(),
        inboxStreams(),
        new InboxVerticle.Parts(
            keepers.bus(),
            keepers.stores().conversations(),
            keepers.stores().cursors(),
            keepers.stores().personal(),
            keepers.stores().rows(),
            rowsAgeMs(),
            keepers.stores().scan(),
            keepers.stores().log().reads(),
            keepers.router(),
            keepers.registry(),
            keepers.cluster(),
            settings.fanOut().fewGateways(),
            clock,
            meters));
  }

  private Deployable receipts(Keepers keepers) {
    Stores stores = keepers.stores();
    return new ReceiptsVerticle(
        new ReceiptsVerticle.Parts(
            keepers.bus(),
            new CursorMover(
                stores.conversations(),
                stores.cursors(),
                stores.log().reads(),
                keepers.router()::heads,
                clock),
            new ReceiptReader(stores.conversations(), stores.cursors()),
            new Sizes(keepers.router()::sizes, clock),
            new Places(keepers.cluster().self(), () -> keepers.cluster().nodesWith("receipts")),
            new LargeReceipts(
                stores.conversations(),
                stores.cursors(),
                stores.log().reads(),
                keepers.router()::heads,
                counted -> keepers.bus().send(Addresses.RECEIPT_FANOUT, counted),
                settings.largeReceipts(),
                clock),
            settings.largeReceipts()));
  }

  private Deployable fanOut(Keepers keepers) {
    return new FanOutVerticle(settings.fanOut(), settings.kafka(), fanOutParts(keepers));
  }

  private FanOutVerticle.Parts fanOutParts(Keepers keepers) {
    return new FanOutVerticle.Parts(
        keepers.bus(),
        keepers.stores().conversations(),
        keepers.registry(),
        keepers.interests(),
        keepers.cluster(),
        clock,
        meters);
  }

  private Deployable gateway(Keepers keepers) {
    letters = new LetterDesk(vertx, settings.kafka(), meters, clock);
    letters.watch();
    LongPolls polls = new LongPolls(keepers.registry(), settings.gateway().maxConnections());
    RestApi api =
        new RestApi(
            new EdgeServices(
                settings.auth(),
                keepers.tokens(),
                new Passwords(vertx, settings.auth()),
                keepers.stores().accounts(),
                keepers.stores().devices(),
                keepers.router(),
                keepers.bus(),
                letters,
                polls,
                settings.gateway().syncBudget()));
    GatewayPieces pieces =
        new GatewayPieces(
            keepers.cluster().self(),
            keepers.bus(),
            keepers.router(),
            keepers.tokens(),
            who ->
                keepers
                    .stores()
                    .devices()
                    .find(who.userId(), who.deviceId())
                    .map(Optional::isPresent),
            keepers.registry(),
            keepers.interests(),
            polls,
            keepers.cluster()::onReunion,
            meters,
            clock,
            settings.gateway(),
            keepers.stores().accounts());
    gateway =
        new GatewayVerticle(
            pieces,
            door.map(open -> settings.http().withPort(open.port())).orElse(settings.http()),
            sockets -> new HttpEdge(vertx, settings.http(), api, probes()).router(sockets),
            api::listen);
    return gateway;
  }

  private record Stage(String role, Supplier<Deployable> verticle, DeploymentOptions options) {
    Stage(String role, Supplier<Deployable> verticle) {
      this(role, verticle, new DeploymentOptions());
    }
  }

  private Future<Void> deploy(List<Stage> stages, int index) {
    if (index == stages.size()) {
      return Future.succeededFuture();
    }
    Stage stage = stages.get(index);
    if (!settings.roles().contains(stage.role())) {
      return deploy(stages, index + 1);
    }
    return vertx
        .deployVerticle(stage.verticle().get(), stage.options())
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

  private Probes probes() {
    return new Probes(meters::scrape, readiness::waitingFor);
  }

  private static Optional<String> withoutMost(CutOff cutOff) {
    return cutOff.isNow() ? Optional.of("the larger part of the cluster") : Optional.empty();
  }

  private static Optional<String> withoutOwner(HazelcastShardDirectory directory) {
    long without =
        IntStream.range(0, Shard.COUNT).filter(shard -> directory.ownerOf(shard).isEmpty()).count();
    return without == 0 ? Optional.empty() : Optional.of("owners of " + without + " shards");
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
                    : Future.join(
                            producer.close(PRODUCER_CLOSE_MS),
                            largeProducer.close(PRODUCER_CLOSE_MS))
                        .otherwiseEmpty())
        .compose(
            gone ->
                journal == null
                    ? Future.succeededFuture()
                    : journal.close(PRODUCER_CLOSE_MS).otherwiseEmpty())
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
      projected.forEach(GroupProgress::close);
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
