package chat.parley.cassandra;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.cassandra.CassandraClient;
import io.vertx.cassandra.ResultSet;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one door to Cassandra: every request runs at LOCAL_QUORUM (conditions at LOCAL_SERIAL), is
 * bounded in number and time, and is counted and timed under a name as {@code
 * parley_cassandra_requests{op}}.
 */
public final class CassandraSession {
  private static final Logger LOG = LoggerFactory.getLogger(CassandraSession.class);
  private static final long RETRY_AFTER_MS = 1_000;

  private final CassandraClient client;
  private final MeterRegistry meters;
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();

  CassandraSession(CassandraClient client, MeterRegistry meters) {
    this.client = client;
    this.meters = meters;
  }

  /** Prepares a statement; statements are prepared once, at start. */
  public Future<PreparedStatement> prepare(String cql) {
    return client.prepare(cql);
  }

  /** Prepares these statements, in order. */
  public Future<List<PreparedStatement>> prepareAll(String... statements) {
    List<Future<PreparedStatement>> prepared = Stream.of(statements).map(this::prepare).toList();
    return Future.all(prepared).map(CompositeFuture::list);
  }

  /** Runs a statement for its effect. */
  public Future<Void> write(String op, Statement<?> statement) {
    return timed(op, client.execute(statement)).mapEmpty();
  }

  /**
   * Runs a statement and fetches all of its rows, page by page: only for reads whose size is
   * bounded by the caller.
   */
  public Future<List<Row>> read(String op, Statement<?> statement) {
    return timed(op, client.executeWithFullFetch(statement));
  }

  /** Runs a conditional statement (LWT); answers whether its condition held. */
  public Future<Boolean> applied(String op, Statement<?> statement) {
    return timed(op, client.execute(statement)).map(ResultSet::wasApplied);
  }

  private <T> Future<T> timed(String op, Future<T> request) {
    Timer.Sample sample = Timer.start(meters);
    return request
        .onComplete(done -> sample.stop(timer(op, done.succeeded())))
        .recover(cause -> Future.failedFuture(asFailure(cause)));
  }

  /** What the driver gives up on is an answer to the caller, not a fault of this program. */
  private static Throwable asFailure(Throwable cause) {
    if (cause instanceof RequestThrottlingException) {
      return new FailureException(
          Failure.OVERLOADED, "the history store has too much to do", RETRY_AFTER_MS);
    }
    if (cause instanceof DriverException) {
      LOG.atWarn().addKeyValue("cause", String.valueOf(cause)).log("store request failed");
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
    return client.close();
  }
}
