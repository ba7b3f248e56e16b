package chat.parley.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.ssl.SslEngineFactory;
import com.datastax.oss.driver.internal.core.session.throttling.ConcurrencyLimitingRequestThrottler;
import com.datastax.oss.driver.internal.core.time.ServerSideTimestampGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.cassandra.CassandraClient;
import io.vertx.cassandra.CassandraClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Opens the session with Parley's consistency: LOCAL_QUORUM and LOCAL_SERIAL for everything,
 * because the driver's own default (LOCAL_ONE) would commit conditional writes at one replica.
 * Statements are idempotent unless they say otherwise: rows are insert-only or carry their own
 * timestamps.
 *
 * <p>What carries none gets Cassandra's, not the driver's: that would be this node's clock, and
 * what a node wrote whose clock is ahead could not be altered by the others until their time has
 * come. So of rows without a timestamp of their own the last write wins by when it reached the
 * store; where a write that comes late may not win, as in {@code active}, it bears its own.
 */
public final class CassandraConnector {
  private static final int PAGE_ROWS = 1_000;
  private static final Duration PATIENT = Duration.ofSeconds(20);

  /**
   * How long nobody must have had a question before the threads of a session that closes end: some
   * may still be connecting it. The driver's two seconds would be a part of every start and stop.
   */
  private static final int QUIET_MS = 200;

  private static final int CLOSES_WITHIN_MS = 15_000;

  private CassandraConnector() {}

  /**
   * Makes the keyspace and the tables if need be and opens the session.
   *
   * @return fails with {@link StoreAwayException} where that may be tried again, with an {@code
   *     IllegalStateException}, written for an operator, where a setting is wrong
   */
  public static Future<CassandraSession> connect(
      Vertx vertx, CassandraSettings settings, MeterRegistry meters) {
    return vertx
        .executeBlocking(() -> makeSchema(settings), false)
        .recover(cause -> Future.failedFuture(Faults.atStart(settings, cause)))
        .compose(options -> open(vertx, options, settings, meters));
  }

  /** Gives how to open the session on it. */
  private static CassandraClientOptions makeSchema(CassandraSettings settings) {
    Optional<SslEngineFactory> tls = tls(settings);
    try (CqlSession session = builder(settings, tls, true).build()) {
      new Schema(session, settings).apply();
    }
    return options(settings, tls);
  }

  private static CassandraClientOptions options(
      CassandraSettings settings, Optional<SslEngineFactory> tls) {
    return new CassandraClientOptions(builder(settings, tls, false))
        .setKeyspace(settings.keyspace());
  }

  private static Optional<SslEngineFactory> tls(CassandraSettings settings) {
    return settings.tls().map(some -> new StoreSslEngines(some.context()));
  }

  private static Future<CassandraSession> open(
      Vertx vertx,
      CassandraClientOptions options,
      CassandraSettings settings,
      MeterRegistry meters) {
    CassandraClient client = CassandraClient.createShared(vertx, options);
    CassandraSession session = new CassandraSession(client, settings, meters);
    return session
        .prepare("SELECT release_version FROM system.local")
        .map(
            reached -> {
              session.watch(vertx);
              return session;
            })
        .recover(
            cause -> client.close().otherwiseEmpty().compose(closed -> Future.failedFuture(cause)));
  }

  /**
   * Opens the session on a keyspace that is there, for those who only read: makes and changes
   * nothing.
   *
   * @return fails with an {@code IllegalStateException}, written for an operator, where no contact
   *     point answers or there is no such keyspace
   */
  public static Future<CassandraSession> connectToExisting(
      Vertx vertx, CassandraSettings settings, MeterRegistry meters) {
    return vertx
        .executeBlocking(() -> options(settings, tls(settings)), false)
        .compose(options -> openExisting(vertx, options, settings, meters));
  }

  private static Future<CassandraSession> openExisting(
      Vertx vertx,
      CassandraClientOptions options,
      CassandraSettings settings,
      MeterRegistry meters) {
    CassandraClient client = CassandraClient.create(vertx, options);
    return client
        .prepare("SELECT name FROM schema_files")
        .map(prepared -> new CassandraSession(client, settings, meters))
        .recover(
            cause ->
                client
                    .close()
                    .otherwiseEmpty()
                    .compose(closed -> Future.failedFuture(unusable(settings, cause))));
  }

  private static IllegalStateException unusable(CassandraSettings settings, Throwable cause) {
    Throwable first = cause;
    while (first.getCause() != null && !(first instanceof DriverException)) {
      first = first.getCause();
    }
    String where = "Cassandra " + settings.contactPoints();
    if (first instanceof InvalidKeyspaceException || first instanceof InvalidQueryException) {
      return new IllegalStateException(
          where + " has no Parley in its keyspace " + settings.keyspace(), cause);
    }
    if (first instanceof AllNodesFailedException) {
      return new IllegalStateException(
          where
              + " does not answer, or has no node in "
              + settings.localDatacenter()
              + ": "
              + Faults.reason(first),
          cause);
    }
    return new IllegalStateException(where + " cannot be used: " + first.getMessage(), cause);
  }

  private static CqlSessionBuilder builder(
      CassandraSettings settings, Optional<SslEngineFactory> tls, boolean forSchema) {
    CqlSessionBuilder builder =
        CqlSession.builder()
            .addContactPoints(addresses(settings.contactPoints()))
            .withLocalDatacenter(settings.localDatacenter())
            .withConfigLoader(driver(settings, forSchema));
    tls.ifPresent(builder::withSslEngineFactory);
    return settings.username() == null
        ? builder
        : builder.withAuthCredentials(settings.username(), settings.password());
  }

  /** How the driver goes about it; what an ack promises rests on its consistency levels. */
  static DriverConfigLoader driver(CassandraSettings settings, boolean forSchema) {
    int quietMs = forSchema ? 0 : QUIET_MS;
    ProgrammaticDriverConfigLoaderBuilder config =
        DriverConfigLoader.programmaticBuilder()
            .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "LOCAL_QUORUM")
            .withString(DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY, "LOCAL_SERIAL")
            .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
            .withInt(DefaultDriverOption.REQUEST_PAGE_SIZE, PAGE_ROWS)
            .withClass(
                DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS, ServerSideTimestampGenerator.class)
            .withDuration(
                DefaultDriverOption.REQUEST_TIMEOUT,
                forSchema ? PATIENT : Duration.ofMillis(settings.requestTimeoutMs()))
            // Each change of the schema would otherwise be waited for, debounced and read back by
            // the driver.
            .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, !forSchema)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENT)
            .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, PATIENT)
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, PATIENT)
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(200))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(2))
            .withBoolean(DefaultDriverOption.REQUEST_WARN_IF_SET_KEYSPACE, !forSchema)
            .withInt(DefaultDriverOption.NETTY_IO_SIZE, 1)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
            .withString(DefaultDriverOption.NETTY_IO_SHUTDOWN_UNIT, "MILLISECONDS")
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_TIMEOUT, CLOSES_WITHIN_MS)
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, quietMs)
            .withString(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_UNIT, "MILLISECONDS")
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_TIMEOUT, CLOSES_WITHIN_MS)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, quietMs)
            .withClass(
                DefaultDriverOption.REQUEST_THROTTLER_CLASS,
                ConcurrencyLimitingRequestThrottler.class)
            .withInt(
                DefaultDriverOption.REQUEST_THROTTLER_MAX_CONCURRENT_REQUESTS,
                settings.maxInFlight())
            .withInt(DefaultDriverOption.REQUEST_THROTTLER_MAX_QUEUE_SIZE, settings.maxQueued());
    return config.build();
  }

  private static List<InetSocketAddress> addresses(List<String> contactPoints) {
    return contactPoints.stream()
        .map(
            point -> {
              int colon = point.lastIndexOf(':');
              return new InetSocketAddress(
                  point.substring(0, colon), Integer.parseInt(point.substring(colon + 1)));
            })
        .toList();
  }
}
