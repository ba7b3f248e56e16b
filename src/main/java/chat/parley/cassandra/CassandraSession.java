package chat.parley.cassandra;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.StoreGate;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.cassandra.CassandraClient;
import io.vertx.cassandra.ResultSet;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The one door to Cassandra: every request runs at LOCAL_QUORUM (conditions at LOCAL_SERIAL), is
 * bounded in number and time, and is counted and timed under a name as {@code
 * parley_cassandra_requests{op}}. While Cassandra gives no answer to anything, requests fail at
 * once with {@link Failure#UNAVAILABLE}.
 */
public final class CassandraSession {
  private static final Logger LOG = LoggerFactory.getLogger(CassandraSession.class);
  private static final long RETRY_AFTER_MS = 1_000;

  private final CassandraClient client;
  private final CassandraSettings settings;
  private final MeterRegistry meters;
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final Answers answers = new Answers();
  private final StoreGate gate = new StoreGate();
  private Optional<StoreWatch> watch = Optional.empty();

  CassandraSession(CassandraClient client, CassandraSettings settings, MeterRegistry meters) {
    this.client = client;
    this.settings = settings;
    this.meters = meters;
  }

  /** From now on the gate is shut while Cassandra does not answer. */
  void watch(Vertx vertx) {
    SimpleStatement small =
        SimpleStatement.newInstance("SELECT checksum FROM schema_files WHERE name = 'log'");
    watch =
        Optional.of(
            new StoreWatch(vertx, answers, gate, () -> client.execute(small), settings.silentMs()));
    Gauge.builder("parley.cassandra.available", gate, store -> store.isOpen() ? 1 : 0)
        .description("1 while Cassandra answers this node, 0 while it does not")
        .register(meters);
    FunctionCounter.builder("parley.cassandra.refused", gate, StoreGate::refused)
        .description("Commands and requests refused because Cassandra did not answer this node")
        .register(meters);
  }

  /** Open while Cassandra answers. */
  public StoreGate gate() {
    return gate;
  }

  /**
   * Prepares a statement; statements are prepared once, at start.
   *
   * @return fails with {@link StoreAwayException} where that may be tried again
   */
  public Future<PreparedStatement> prepare(String cql) {
    return client
        .prepare(cql)
        .recover(cause -> Future.failedFuture(Faults.atStart(settings, cause)));
  }

  /** Prepares these statements, in order. */
  public Future<List<PreparedStatement>> prepareAll(String... statements) {
    List<Future<PreparedStatement>> prepared = Stream.of(statements).map(this::prepare).toList();
    return Future.all(prepared).map(CompositeFuture::list);
  }

  /** Runs a statement for its effect. */
  public Future<Void> write(String op, Statement<?> statement) {
    return timed(op, () -> client.execute(statement)).mapEmpty();
  }

  /**
   * Runs a statement and fetches all of its rows, page by page: only for reads whose size is
   * bounded by the caller.
   */
  public Future<List<Row>> read(String op, Statement<?> statement) {
    return timed(op, () -> client.executeWithFullFetch(statement));
  }

  /** Runs a conditional statement (LWT); answers whether its condition held. */
  public Future<Boolean> applied(String op, Statement<?> statement) {
    return timed(op, () -> client.execute(statement)).map(ResultSet::wasApplied);
  }

  private <T> Future<T> timed(String op, Supplier<Future<T>> request) {
    return gate.pass(() -> send(op, request));
  }

  private <T> Future<T> send(String op, Supplier<Future<T>> request) {
    Timer.Sample sample = Timer.start(meters);
    return answers
        .watch(request.get())
        .onComplete(done -> sample.stop(timer(op, done.succeeded())))
        .recover(cause -> Future.failedFuture(asFailure(cause)));
  }

  /** What the driver gives up on is an answer to the caller, not a fault of this program. */
  private Throwable asFailure(Throwable cause) {
    if (cause instanceof RequestThrottlingException) {
      return new FailureException(
          Failure.OVERLOADED, "the history store has too much to do", RETRY_AFTER_MS);
    }
    if (cause instanceof DriverException) {
      // Once it is known that Cassandra is away, each of those that wait for it says nothing new.
      LOG.atLevel(gate.isOpen() ? Level.WARN : Level.DEBUG)
          .addKeyValue("cause", String.valueOf(cause))
          .log("store request failed");
      return new FailureException(
          Failure.UNAVAILABLE, "the history store does not answer", RETRY_AFTER_MS);
    }
    return cause;
  }

  private Timer timer(String op, boolean ok) {
    return timers.computeIfAbsent(
        op + ok,
        any ->
            Timer.builder("parley.cassandra.requests")
                .description("Requests to Cassandra by what they are for")
                .tag("op", op)
                .tag("outcome", ok ? "ok" : "failed")
                .register(meters));
  }

  /** Closes the session. */
  public Future<Void> close() {
    watch.ifPresent(StoreWatch::stop);
    return client.close();
  }
}
