package chat.parley;

import chat.parley.audit.AuditReader;
import chat.parley.audit.Chain;
import chat.parley.auth.AuthSettings;
import chat.parley.auth.IdentityProvider;
import chat.parley.auth.Passwords;
import chat.parley.auth.Profile;
import chat.parley.bus.Addresses;
import chat.parley.bus.StoreGate;
import chat.parley.fanout.FanOutVerticle;
import chat.parley.fanout.LargeFanOutVerticle;
import chat.parley.gateway.EdgeGuard;
import chat.parley.gateway.EdgeServices;
import chat.parley.gateway.GatewayPieces;
import chat.parley.gateway.GatewayVerticle;
import chat.parley.gateway.HttpEdge;
import chat.parley.gateway.HttpSettings;
import chat.parley.gateway.LivePieces;
import chat.parley.gateway.LongPolls;
import chat.parley.gateway.Probes;
import chat.parley.gateway.RestApi;
import chat.parley.gateway.Security;
import chat.parley.gateway.SoftLoad;
import chat.parley.inbox.InboxVerticle;
import chat.parley.ingest.IngestVerticle;
import chat.parley.kafka.GroupProgress;
import chat.parley.kafka.Journal;
import chat.parley.kafka.StreamProducer;
import chat.parley.letters.LetterDesk;
import chat.parley.limit.Limiter;
import chat.parley.log.WriteAhead;
import chat.parley.model.Shard;
import chat.parley.overload.Work;
import chat.parley.presence.PresenceVerticle;
import chat.parley.receipts.CursorMover;
import chat.parley.receipts.KnownChoices;
import chat.parley.receipts.LargeReceipts;
import chat.parley.receipts.Places;
import chat.parley.receipts.ReceiptReader;
import chat.parley.receipts.ReceiptsVerticle;
import chat.parley.receipts.Sizes;
import chat.parley.relay.OutboxRelay;
import chat.parley.sync.SyncVerticle;
import chat.parley.turns.SteadyTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages of one node's roles: what each is given, in which order they start, and how they end.
 * Stages know nothing of each other; whoever wonders what reaches whom reads it here.
 */
final class Stages {
  private static final Logger LOG = LoggerFactory.getLogger(Stages.class);
  private static final long PRODUCER_CLOSE_MS = 3_000;
  private static final long COUNT_GATEWAYS_MS = 1_000;

  private final Vertx vertx;
  private final Settings settings;
  private final Clock clock;
  private final InstantSource steady = new SteadyTime();
  private final MeterRegistry meters;
  private final CutOff cutOff;
  private final Keepers keepers;
  private final Stores stores;
  private final NodeLoad load;
  private final StoreGate cassandra;
  private final Probes probes;
  private final HttpSettings http;
  private final Deque<String> deployments = new ArrayDeque<>();
  private final List<GroupProgress> projected = new ArrayList<>();

  /** What a stage uses and does not own; the last opened is closed first. */
  private final Deque<Supplier<Future<Void>>> used = new ArrayDeque<>();

  private GatewayVerticle gateway;

  /**
   * @param load what the node can bear
   * @param cassandra open while Cassandra answers
   * @param http where browsers are listened for
   */
  Stages(
      NodeContext node,
      Keepers keepers,
      NodeLoad load,
      StoreGate cassandra,
      Probes probes,
      HttpSettings http) {
    this.vertx = node.vertx();
    this.settings = node.settings();
    this.clock = node.clock();
    this.meters = node.meters();
    this.cutOff = node.cutOff();
    this.keepers = keepers;
    this.stores = keepers.stores();
    this.load = load;
    this.cassandra = cassandra;
    this.probes = probes;
    this.http = http;
  }

  /** Starts those of the node's roles; completes when all take work. */
  Future<Void> start() {
    if (settings.roles().stream().anyMatch(Set.of("sync", "inbox")::contains)) {
      inboxStreams().stream()
          .map(
              stream ->
                  GroupProgress.watch(stream.kafka(), stream.group(), stream.continuity(), meters))
          .forEach(projected::add);
    }
    return deploy(inOrder(), 0);
  }

  /** The port that browsers connect to; only where this node is a gateway. */
  int httpPort() {
    return gateway.httpPort();
  }

  /** Drains and stops them, the last started first, then what they used. Completes in any case. */
  Future<Void> close() {
    projected.forEach(GroupProgress::close);
    return undeploy().compose(gone -> closeUsed());
  }

  /** What answers before what asks, browsers last. */
  private List<Stage> inOrder() {
    return List.of(
        new Stage("ingest", this::ingest),
        new Stage("sync", this::sync),
        new Stage("inbox", this::inbox),
        new Stage("receipts", this::receipts),
        new Stage("presence", this::presence),
        new Stage("fanout", this::fanOut),
        new Stage("fanout", this::largeFanOut, LargeFanOutVerticle.options()),
        new Stage("gateway", this::gateway));
  }

  /** With the relay: it belongs to the owner of a shard. */
  private Deployable ingest() {
    StreamProducer producer = StreamProducer.ofChanges(vertx, settings.kafka(), meters);
    StreamProducer large = StreamProducer.ofChanges(vertx, settings.kafka().forLarge(), meters);
    Journal journal = new Journal(vertx, settings.kafka(), Shard.COUNT, meters);
    used.push(() -> journal.close(PRODUCER_CLOSE_MS));
    used.push(
        () ->
            Future.join(producer.close(PRODUCER_CLOSE_MS), large.close(PRODUCER_CLOSE_MS))
                .mapEmpty());
    return new IngestVerticle(
        new IngestVerticle.Parts(
            keepers.bus(),
            stores.log(),
            stores.conversations(),
            stores.channelNames(),
            cassandra,
            keepers.cluster(),
            keepers.directory(),
            settings.log(),
            settings.messages(),
            settings.limits(),
            settings.rates(),
            settings.sizes(),
            lineage(),
            clock,
            meters,
            new WriteAhead(journal),
            outbox -> new OutboxRelay(vertx, outbox, producer, large, clock, meters),
            cutOff::report));
  }

  /**
   * A run on a data folder that it holds locked is the only one of its lineage, so it takes over at
   * once what the last run on that folder held. Elsewhere nothing keeps two nodes from bearing one
   * name: there each run stands for itself.
   */
  private String lineage() {
    return settings.embedded().cassandra().isPresent() ? "embedded" : keepers.cluster().self();
  }

  private Deployable sync() {
    return new SyncVerticle(
        new SyncVerticle.Parts(
            keepers.bus(),
            stores.log(),
            stores.conversations(),
            stores.channelNames(),
            stores.cursors(),
            stores.personal(),
            stores.privateReceipts(),
            stores.rows(),
            this::rowsAgeMs,
            keepers.router(),
            clock,
            meters));
  }

  private Deployable inbox() {
    return new InboxVerticle(
        settings.inbox(),
        inboxStreams(),
        new InboxVerticle.Parts(
            keepers.bus(),
            stores.conversations(),
            stores.cursors(),
            stores.personal(),
            stores.privateReceipts(),
            stores.rows(),
            this::rowsAgeMs,
            stores.scan(),
            stores.log().reads(),
            keepers.router(),
            keepers.registry(),
            keepers.cluster(),
            settings.fanOut().fewGateways(),
            () -> load.overload().may(Work.PROJECTIONS),
            clock,
            meters));
  }

  /** All topics in which changes go; a further one must be named here. */
  private List<InboxVerticle.Stream> inboxStreams() {
    String group = settings.inbox().group();
    return List.of(
        new InboxVerticle.Stream(settings.kafka(), group, stores.streams().of("changes")),
        new InboxVerticle.Stream(
            settings.kafka().forLarge(), group + "-large", stores.streams().of("large")));
  }

  /** How far the inboxes' rows are behind at most: sync relies on it, and the inbox's sampler. */
  private long rowsAgeMs() {
    return projected.stream().mapToLong(GroupProgress::ageMs).max().orElse(Long.MAX_VALUE);
  }

  private Deployable receipts() {
    return new ReceiptsVerticle(
        new ReceiptsVerticle.Parts(
            keepers.bus(),
            new CursorMover(
                stores.conversations(),
                stores.cursors(),
                stores.log().reads(),
                keepers.router()::headsWithin,
                steady),
            new ReceiptReader(stores.conversations(), stores.cursors(), stores.privateReceipts()),
            new KnownChoices(stores.privateReceipts(), steady),
            new Sizes(keepers.router()::headsWithin, steady),
            new Places(keepers.cluster().self(), () -> keepers.cluster().nodesWith("receipts")),
            new LargeReceipts(
                stores.conversations(),
                stores.cursors(),
                stores.log().reads(),
                keepers.router()::headsWithin,
                counted -> keepers.bus().send(Addresses.RECEIPT_FANOUT, counted),
                () -> load.overload().may(Work.AGGREGATE_RECEIPTS),
                settings.largeReceipts(),
                clock),
            settings.largeReceipts()));
  }

  private Deployable presence() {
    return new PresenceVerticle(
        new PresenceVerticle.Parts(
            keepers.bus(),
            stores.presence(),
            stores.conversations(),
            keepers.presences(),
            keepers.cluster(),
            settings.presence(),
            clock));
  }

  private Deployable fanOut() {
    return new FanOutVerticle(settings.fanOut(), settings.kafka(), fanOutParts());
  }

  private Deployable largeFanOut() {
    return new LargeFanOutVerticle(settings.fanOut(), settings.kafka(), fanOutParts());
  }

  private FanOutVerticle.Parts fanOutParts() {
    return new FanOutVerticle.Parts(
        keepers.bus(),
        stores.conversations(),
        keepers.registry(),
        keepers.interests(),
        keepers.cluster(),
        clock,
        meters);
  }

  private Deployable gateway() {
    Security security = security();
    LetterDesk letters =
        new LetterDesk(
            vertx, settings.kafka(), meters, clock, new AuditedLetters(security.audit()));
    letters.watch();
    used.push(letters::close);
    EdgeGuard guard = guard();
    LongPolls polls =
        new LongPolls(
            vertx, keepers.registry(), keepers.interests(), settings.gateway().maxConnections());
    RestApi api =
        new RestApi(
            new EdgeServices(
                settings.auth(),
                keepers.tokens(),
                new Passwords(vertx, settings.auth().passwords()),
                stores.accounts(),
                stores.devices(),
                keepers.router(),
                keepers.bus(),
                letters,
                security,
                polls,
                settings.gateway().syncBudget(),
                keepers.presences(),
                meters,
                guard));
    HttpEdge edge = new HttpEdge(vertx, settings.http(), api, probes);
    GatewayPieces pieces =
        new GatewayPieces(
            keepers.cluster().self(),
            keepers.bus(),
            keepers.router(),
            keepers.tokens(),
            stores.revocations()::isRevoked,
            keepers.registry(),
            keepers.interests(),
            polls,
            keepers.cluster()::onReunion,
            meters,
            clock,
            steady,
            settings.gateway(),
            stores.accounts(),
            new LivePieces(
                keepers.presences(),
                keepers.cluster(),
                settings.presence(),
                SoftLoad.of(load.overload())),
            guard);
    gateway = new GatewayVerticle(pieces, http, edge::router, edge::operatorRouter);
    return gateway;
  }

  /** Limits are shared by the gateways, as many as there were a second ago. */
  private EdgeGuard guard() {
    AtomicInteger gateways = new AtomicInteger(gateways());
    vertx.setPeriodic(COUNT_GATEWAYS_MS, tick -> gateways.set(gateways()));
    return new EdgeGuard(
        settings.rates(),
        new Limiter(
            settings.rates(),
            keepers.buckets(),
            gateways::get,
            System::nanoTime,
            Limiter.GRID_DEADLINE_MS,
            meters),
        load.overload(),
        load.lag(),
        settings.overload().syncsAtOnce(),
        meters);
  }

  private int gateways() {
    return keepers.cluster().nodesWith("gateway").size();
  }

  private Security security() {
    Chain audit =
        new Chain(
            vertx, stores.audit(), keepers.auditKey(), keepers.cluster().self(), clock, meters);
    used.push(audit::close);
    return new Security(stores.revocations(), byProvider(), audit, new AuditReader(stores.audit()));
  }

  private Optional<Function<String, Future<Profile>>> byProvider() {
    AuthSettings auth = settings.auth();
    if (!auth.oidc().isOn()) {
      return Optional.empty();
    }
    IdentityProvider provider =
        new IdentityProvider(vertx, auth.oidc(), auth.leewaySeconds(), clock);
    return Optional.of(token -> provider.verify(token).compose(stores.identities()::userOf));
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

  private Future<Void> undeploy() {
    if (deployments.isEmpty()) {
      return Future.succeededFuture();
    }
    return vertx.undeploy(deployments.pop()).otherwiseEmpty().compose(gone -> undeploy());
  }

  private Future<Void> closeUsed() {
    if (used.isEmpty()) {
      return Future.succeededFuture();
    }
    return used.pop().get().otherwiseEmpty().compose(closed -> closeUsed());
  }
}
