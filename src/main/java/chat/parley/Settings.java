package chat.parley;

import chat.parley.auth.AuthSettings;
import chat.parley.auth.PasswordSettings;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.config.SettingsReader;
import chat.parley.config.SettingsSource;
import chat.parley.embedded.EmbeddedSettings;
import chat.parley.fanout.FanOutSettings;
import chat.parley.gateway.GatewaySettings;
import chat.parley.gateway.HttpSettings;
import chat.parley.inbox.InboxSettings;
import chat.parley.ingest.LimitSettings;
import chat.parley.ingest.MessageSettings;
import chat.parley.ingest.SizeSettings;
import chat.parley.kafka.KafkaSettings;
import chat.parley.limit.AddressList;
import chat.parley.limit.Limit;
import chat.parley.limit.Rate;
import chat.parley.limit.RateSettings;
import chat.parley.log.LogSettings;
import chat.parley.overload.OverloadSettings;
import chat.parley.receipts.LargeSettings;
import chat.parley.registry.ClusterSettings;
import chat.parley.registry.PresenceSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every setting of a node, with the defaults that suit one machine. {@code conf/parley.yaml} lists
 * the keys with what they mean.
 *
 * @param embedded the stores that this node starts itself: those for which no address is given
 */
public record Settings(
    Path dataDirectory,
    Set<String> roles,
    HttpSettings http,
    GatewaySettings gateway,
    AuthSettings auth,
    ClusterSettings cluster,
    CassandraSettings cassandra,
    KafkaSettings kafka,
    EmbeddedSettings embedded,
    LogSettings log,
    MessageSettings messages,
    LimitSettings limits,
    RateSettings rates,
    OverloadSettings overload,
    FanOutSettings fanOut,
    SizeSettings sizes,
    LargeSettings largeReceipts,
    InboxSettings inbox,
    PresenceSettings presence) {
  /** Every role, in the order in which the stages start. */
  public static final List<String> ROLES =
      List.of("ingest", "relay", "sync", "inbox", "receipts", "presence", "fanout", "gateway");

  /**
   * Reads all settings.
   *
   * @throws chat.parley.config.SettingsException with every fault at once
   */
  public static Settings read(SettingsSource source) {
    SettingsReader reader = new SettingsReader(source);
    Settings settings = read(reader);
    reader.done();
    return settings;
  }

  /** The keys and their defaults as text; empty where there is none. */
  static Map<String, String> keys() {
    SettingsReader reader = new SettingsReader(SettingsSource.read(null, Map.of(), Map.of()));
    read(reader);
    return reader.keys();
  }

  private static Settings read(SettingsReader reader) {
    Path data = reader.path("data-dir").orElse(Path.of("data"));
    List<String> cassandraAt = reader.addresses("cassandra.contact-points", List.of());
    List<String> kafkaAt = reader.addresses("kafka.bootstrap-servers", List.of());
    EmbeddedSettings embedded = embedded(reader, data, cassandraAt, kafkaAt);
    SizeSettings sizes = sizes(reader);
    return new Settings(
        data,
        roles(reader),
        http(reader),
        gateway(reader),
        auth(reader, embedded),
        cluster(reader),
        cassandra(reader, cassandraAt),
        kafka(reader, kafkaAt),
        embedded,
        log(reader),
        messages(reader),
        limits(reader),
        rates(reader),
        overload(reader),
        fanOut(reader),
        sizes,
        largeReceipts(reader),
        inbox(reader, sizes),
        presence(reader));
  }

  /** The same with the stores at these addresses. */
  Settings withStores(List<String> cassandraAt, List<String> kafkaAt) {
    return new Settings(
        dataDirectory,
        roles,
        http,
        gateway,
        auth,
        cluster,
        cassandra.withContactPoints(cassandraAt),
        kafka.withBootstrapServers(kafkaAt),
        embedded,
        log,
        messages,
        limits,
        rates,
        overload,
        fanOut,
        sizes,
        largeReceipts,
        inbox,
        presence);
  }

  /** Where the signing key is: where it is named, else in the data folder. */
  Path signingKeyFile() {
    return auth.signingKeyFile() == null
        ? dataDirectory.resolve("keys/signing.key")
        : auth.signingKeyFile();
  }

  /** Whether this node starts a store itself. */
  boolean startsStores() {
    return embedded.cassandra().isPresent() || embedded.kafka().isPresent();
  }

  private static Set<String> roles(SettingsReader reader) {
    Set<String> roles = new LinkedHashSet<>(reader.list("roles", ROLES));
    roles.stream()
        .filter(role -> !ROLES.contains(role))
        .forEach(
            role -> reader.fault("roles", "there is no role '" + role + "'; roles are " + ROLES));
    if (roles.contains("ingest") != roles.contains("relay")) {
      reader.fault(
          "roles", "relay belongs to the owner of a shard: name ingest and relay together");
    }
    return roles;
  }

  private static HttpSettings http(SettingsReader reader) {
    HttpSettings defaults = HttpSettings.defaults();
    return new HttpSettings(
        reader.text("http.host", defaults.host()),
        reader.port("http.port", defaults.port()),
        reader.integer("http.max-body-bytes", defaults.maxBodyBytes(), 1_024),
        reader.integer("http.idle-timeout-seconds", defaults.idleTimeoutSeconds(), 60),
        TlsInput.identity(reader, "http"),
        new HttpSettings.OperatorDoor(
            reader.text("http.operator-host", defaults.operator().host()),
            reader.port("http.operator-port", defaults.operator().port())));
  }

  private static GatewaySettings gateway(SettingsReader reader) {
    GatewaySettings defaults = GatewaySettings.defaults();
    return new GatewaySettings(
        reader.number("gateway.hello-deadline-ms", defaults.helloDeadlineMs(), 100),
        reader.number("gateway.heartbeat-ms", defaults.heartbeatMs(), 1_000),
        reader.number("gateway.tick-ms", defaults.tickMs(), 10),
        reader.integer("gateway.max-frame-bytes", defaults.maxFrameBytes(), 1_024),
        reader.integer("gateway.max-outbound-bytes", defaults.maxOutboundBytes(), 65_536),
        reader.integer("gateway.max-waiting-percent", defaults.maxWaitingPercent(), 1),
        reader.integer("gateway.max-held-bytes", defaults.maxHeldBytes(), 4_096),
        reader.integer("gateway.sync-budget", defaults.syncBudget(), 1),
        reader.integer("gateway.sync-page", defaults.syncPage(), 1),
        reader.integer("gateway.max-sync-limit", defaults.maxSyncLimit(), 1),
        reader.integer("gateway.max-in-flight", defaults.maxInFlight(), 1),
        reader.integer("gateway.max-unacked", defaults.maxUnacked(), 1),
        reader.number("gateway.resend-after-ms", defaults.resendAfterMs(), 100),
        reader.integer("gateway.resend-attempts", defaults.resendAttempts(), 0),
        reader.integer("gateway.max-connections", defaults.maxConnections(), 1),
        reader.integer("gateway.slice-frames", defaults.sliceFrames(), 1),
        reader.number("gateway.write-pace-ms", defaults.writePaceMs(), 0),
        reader.integer("gateway.max-pending-cursors", defaults.maxPendingCursors(), 1),
        reader.number("gateway.drain-grace-ms", defaults.drainGraceMs(), 0),
        reader.list("gateway.allowed-origins", defaults.allowedOrigins()),
        reader.text("gateway.sockjs-library-url", defaults.sockJsLibraryUrl()));
  }

  private static AuthSettings auth(SettingsReader reader, EmbeddedSettings embedded) {
    AuthSettings defaults = AuthSettings.defaults();
    Optional<Path> key = reader.path("auth.signing-key-file");
    if (key.isEmpty() && embedded.cassandra().isEmpty()) {
      reader.fault(
          "auth.signing-key-file",
          "must be set where Cassandra is not embedded: all nodes need the same key, at least 32"
              + " random bytes as hex");
    }
    return new AuthSettings(
        key.orElse(null),
        reader.flag("auth.open-registration", defaults.openRegistration()),
        reader.list("auth.admins", defaults.admins()),
        reader.text("auth.issuer", defaults.issuer()),
        reader.text("auth.audience", defaults.audience()),
        reader.number("auth.access-token-seconds", defaults.accessTokenSeconds(), 10),
        reader.number("auth.refresh-token-seconds", defaults.refreshTokenSeconds(), 60),
        reader.number("auth.leeway-seconds", defaults.leewaySeconds(), 0),
        passwords(reader, defaults.passwords()),
        reader.number("auth.profile-cache-seconds", defaults.profileCacheSeconds(), 0),
        reader.flag("auth.built-in-accounts", defaults.builtInAccounts()),
        reader.integer("auth.max-devices", defaults.maxDevices(), 1),
        OidcInput.read(reader));
  }

  private static PasswordSettings passwords(SettingsReader reader, PasswordSettings defaults) {
    return new PasswordSettings(
        reader.integer("auth.password-threads", defaults.threads(), 1),
        reader.integer("auth.max-queued-passwords", defaults.maxQueued(), 1),
        reader.integer("auth.password-memory-kib", defaults.memoryKib(), 8),
        reader.integer("auth.password-passes", defaults.passes(), 1));
  }

  private static ClusterSettings cluster(SettingsReader reader) {
    ClusterSettings defaults = ClusterSettings.defaults();
    return new ClusterSettings(
        reader.text("cluster.name", defaults.clusterName()),
        reader.text("cluster.node-name", defaults.nodeName()),
        reader.text("cluster.host", defaults.host()),
        reader.port("cluster.port", defaults.port()),
        reader.integer("cluster.port-count", defaults.portCount(), 1),
        reader.list("cluster.members", defaults.members()),
        reader.port("cluster.bus-port", defaults.busPort()),
        new ClusterSettings.PublicAddress(
            reader.text("cluster.public-host", defaults.reached().host()),
            reader.port("cluster.public-port", defaults.reached().port()),
            reader.port("cluster.public-bus-port", defaults.reached().busPort())),
        TlsInput.amongNodes(reader),
        reader.integer("cluster.silent-seconds", defaults.silentSeconds(), 2),
        reader.integer("cluster.cut-off-seconds", defaults.cutOffSeconds(), 1),
        reader.integer("cluster.device-ttl-seconds", defaults.deviceTtlSeconds(), 10));
  }

  private static CassandraSettings cassandra(SettingsReader reader, List<String> contactPoints) {
    CassandraSettings defaults = CassandraSettings.at(contactPoints);
    return new CassandraSettings(
        contactPoints,
        reader.text("cassandra.local-datacenter", defaults.localDatacenter()),
        reader.text("cassandra.keyspace", defaults.keyspace()),
        reader.integer("cassandra.replication-factor", defaults.replicationFactor(), 1),
        reader.text("cassandra.username", null),
        reader.text("cassandra.password", ""),
        TlsInput.toStore(reader, "cassandra", contactPoints.isEmpty()),
        reader.integer("cassandra.max-in-flight", defaults.maxInFlight(), 1),
        reader.integer("cassandra.max-queued", defaults.maxQueued(), 1),
        reader.number("cassandra.request-timeout-ms", defaults.requestTimeoutMs(), 100),
        reader.number("cassandra.silent-ms", defaults.silentMs(), 300));
  }

  private static KafkaSettings kafka(SettingsReader reader, List<String> bootstrap) {
    KafkaSettings defaults = KafkaSettings.defaults();
    return new KafkaSettings(
        bootstrap,
        TlsInput.toKafka(reader, bootstrap.isEmpty()),
        reader.text("kafka.changes-topic", defaults.changesTopic()),
        reader.text("kafka.dead-letters-topic", defaults.deadLettersTopic()),
        reader.integer("kafka.partitions", defaults.partitions(), 1),
        reader.integer("kafka.replication-factor", defaults.replicationFactor(), 1),
        reader.integer("kafka.linger-ms", defaults.lingerMs(), 0),
        reader.integer("kafka.delivery-timeout-ms", defaults.deliveryTimeoutMs(), 1_000),
        reader.number("kafka.buffer-bytes", defaults.bufferBytes(), 65_536),
        reader.text("kafka.compression", defaults.compression()),
        reader.integer("kafka.session-timeout-ms", defaults.sessionTimeoutMs(), 1_000),
        reader.integer("kafka.max-batch", defaults.maxBatch(), 1),
        reader.integer("kafka.max-attempts", defaults.maxAttempts(), 1),
        reader.integer("kafka.dead-letters-days", defaults.deadLettersDays(), 1),
        reader.number("kafka.commit-interval-ms", defaults.commitIntervalMs(), 0));
  }

  private static EmbeddedSettings embedded(
      SettingsReader reader, Path data, List<String> cassandraAt, List<String> kafkaAt) {
    EmbeddedSettings.Cassandra cassandra = EmbeddedSettings.Cassandra.defaults();
    EmbeddedSettings.Kafka kafka = EmbeddedSettings.Kafka.defaults();
    int cassandraPort = reader.port(EmbeddedSettings.CASSANDRA_PORT, cassandra.port());
    int cassandraHeap = reader.integer("embedded.cassandra.heap-mib", cassandra.heapMib(), 256);
    int kafkaPort = reader.port(EmbeddedSettings.KAFKA_PORT, kafka.port());
    int kafkaHeap = reader.integer("embedded.kafka.heap-mib", kafka.heapMib(), 128);
    return new EmbeddedSettings(
        data,
        cassandraAt.isEmpty()
            ? Optional.of(new EmbeddedSettings.Cassandra(cassandraPort, cassandraHeap, Map.of()))
            : Optional.empty(),
        kafkaAt.isEmpty()
            ? Optional.of(new EmbeddedSettings.Kafka(kafkaPort, kafkaHeap))
            : Optional.empty(),
        reader.path(EmbeddedSettings.JAVA17_HOME));
  }

  private static LogSettings log(SettingsReader reader) {
    LogSettings defaults = LogSettings.defaults();
    return new LogSettings(
        reader.number("log.beat-ms", defaults.beatMs(), 100),
        reader.integer("log.max-group-changes", defaults.maxGroupChanges(), 1),
        reader.integer("log.max-group-bytes", defaults.maxGroupBytes(), 16_384),
        reader.integer("log.max-queued", defaults.maxQueued(), 1),
        reader.number("log.published-every-ms", defaults.publishedEveryMs(), 100),
        reader.number("log.idle-ms", defaults.idleMs(), 1_000));
  }

  private static MessageSettings messages(SettingsReader reader) {
    MessageSettings defaults = MessageSettings.defaults();
    return new MessageSettings(
        reader.number("messages.edit-window-seconds", defaults.editWindowSeconds(), 0),
        reader.flag("messages.managers-delete", defaults.managersDelete()),
        reader.flag("messages.members-call-channel", defaults.membersCallChannel()));
  }

  private static LimitSettings limits(SettingsReader reader) {
    return new LimitSettings(
        reader.integer("limits.max-members", LimitSettings.defaults().maxMembers(), 2));
  }

  private static RateSettings rates(SettingsReader reader) {
    RateSettings defaults = RateSettings.defaults();
    Map<Limit, Rate> rates = new LinkedHashMap<>();
    RateSettings.usual()
        .forEach(
            (limit, usual) ->
                RateSettings.read(
                        reader.text("limits." + limit.key(), usual.toString(), RateSettings::read))
                    .ifPresent(rate -> rates.put(limit, rate)));
    return new RateSettings(
        rates,
        RateSettings.read(
            reader.text("limits.arrivals", RateSettings.USUAL_ARRIVALS, RateSettings::read)),
        addresses(reader, "limits.trusted-addresses", defaults.trustedAddresses()),
        addresses(reader, "limits.trusted-proxies", defaults.trustedProxies()));
  }

  private static AddressList addresses(SettingsReader reader, String key, AddressList fallback) {
    try {
      return AddressList.of(reader.list(key, fallback.entries()));
    } catch (IllegalArgumentException bad) {
      reader.fault(key, bad.getMessage());
      return fallback;
    }
  }

  private static OverloadSettings overload(SettingsReader reader) {
    OverloadSettings defaults = OverloadSettings.defaults();
    return new OverloadSettings(
        reader.integer("overload.sends-in-flight", defaults.sendsInFlight(), 1),
        reader.number("overload.send-delay-ms", defaults.sendDelayMs(), 1),
        reader.number("overload.loop-lag-ms", defaults.loopLagMs(), 10),
        reader.integer("overload.heap-percent", defaults.heapPercent(), 81),
        reader.number("overload.stream-backlog", defaults.streamBacklog(), 10),
        reader.integer("overload.syncs-at-once", defaults.syncsAtOnce(), 1));
  }

  private static FanOutSettings fanOut(SettingsReader reader) {
    FanOutSettings defaults = FanOutSettings.defaults();
    return new FanOutSettings(
        reader.text("fanout.group", defaults.group()),
        reader.integer("fanout.max-conversations", defaults.maxConversations(), 100),
        reader.integer("fanout.members-expiry-seconds", defaults.membersExpirySeconds(), 1),
        reader.integer("fanout.exact-receipts-up-to", defaults.exactReceiptsUpTo(), 2),
        reader.number("fanout.receipt-delay-ms", defaults.receiptDelayMs(), 0),
        reader.integer("fanout.max-receipts", defaults.maxReceipts(), 1),
        reader.integer("fanout.few-gateways", defaults.fewGateways(), 0),
        reader.integer("fanout.large-batch", defaults.largeBatch(), 1));
  }

  private static SizeSettings sizes(SettingsReader reader) {
    SizeSettings defaults = SizeSettings.defaults();
    SizeSettings sizes =
        new SizeSettings(
            reader.integer("large.above", defaults.largeAbove(), 1),
            reader.integer("large.small-below", defaults.smallBelow(), 1));
    if (sizes.smallBelow() > sizes.largeAbove()) {
      reader.fault("large.small-below", "must not be more than large.above");
    }
    return sizes;
  }

  private static LargeSettings largeReceipts(SettingsReader reader) {
    LargeSettings defaults = LargeSettings.defaults();
    return new LargeSettings(
        reader.number("large.receipts-flush-ms", defaults.flushMs(), 100),
        reader.integer("large.delivered-step", defaults.deliveredStep(), 1));
  }

  private static InboxSettings inbox(SettingsReader reader, SizeSettings sizes) {
    InboxSettings defaults = InboxSettings.defaults();
    InboxSettings inbox =
        new InboxSettings(
            reader.text("inbox.group", defaults.group()),
            reader.integer(
                "inbox.rows-up-to", Math.min(defaults.rowsUpTo(), sizes.smallBelow() - 1), 0),
            reader.number("inbox.gather-ms", defaults.gatherMs(), 0),
            reader.integer("inbox.max-conversations", defaults.maxConversations(), 100),
            reader.number("inbox.sample-ms", defaults.sampleMs(), 10));
    if (inbox.rowsUpTo() >= sizes.smallBelow()) {
      reader.fault("inbox.rows-up-to", "must be less than large.small-below");
    }
    return inbox;
  }

  private static PresenceSettings presence(SettingsReader reader) {
    PresenceSettings defaults = PresenceSettings.defaults();
    PresenceSettings presence =
        new PresenceSettings(
            reader.number("presence.beat-ms", defaults.beatMs(), 100),
            reader.number("presence.gone-ms", defaults.goneMs(), 200),
            reader.number("presence.gather-ms", defaults.gatherMs(), 0),
            reader.integer("presence.max-watches", defaults.maxWatches(), 0),
            reader.number("presence.sample-ms", defaults.sampleMs(), 100),
            reader.integer("presence.typing-up-to", defaults.typingUpTo(), 0));
    if (presence.goneMs() < 2 * presence.beatMs()) {
      reader.fault("presence.gone-ms", "must be at least twice presence.beat-ms");
    }
    return presence;
  }
}
