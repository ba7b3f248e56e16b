package chat.parley.auth;

import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.StoreAwayException;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revocations in the table {@code revoked_families}: a partition an hour, each row for as long as a
 * token can live. What a node knows it keeps in its own memory for that time too.
 */
final class CassandraRevocations implements Revocations {
  private static final Logger LOG = LoggerFactory.getLogger(CassandraRevocations.class);
  private static final long HOUR_SECONDS = 3_600;

  private final CassandraSession session;
  private final Clock clock;
  private final Shared shared;
  private final Duration tokenLife;
  private final Cache<String, Boolean> known;
  private final PreparedStatement insert;
  private final PreparedStatement select;

  private CassandraRevocations(
      CassandraSession session,
      AuthSettings settings,
      Clock clock,
      Shared shared,
      List<PreparedStatement> statements) {
    this.session = session;
    this.clock = clock;
    this.shared = shared;
    // A token lives longer by the leeway on a node whose clock is behind, and is read up to another
    // leeway later on one whose clock is ahead.
    this.tokenLife =
        Duration.ofSeconds(settings.accessTokenSeconds() + 2 * settings.leewaySeconds());
    this.known = Caffeine.newBuilder().expireAfterWrite(tokenLife).build();
    this.insert = statements.get(0);
    this.select = statements.get(1);
  }

  static Future<Revocations> open(
      CassandraSession session, AuthSettings settings, Clock clock, Shared shared) {
    return session
        .prepareAll(
            "INSERT INTO revoked_families (hour, family) VALUES (:hour, :family) USING TTL :ttl",
            "SELECT family FROM revoked_families WHERE hour = :hour")
        .compose(
            statements -> {
              CassandraRevocations list =
                  new CassandraRevocations(session, settings, clock, shared, statements);
              return list.refresh()
                  .map((Revocations) list)
                  .recover(
                      cause ->
                          Future.failedFuture(
                              new StoreAwayException("what was revoked cannot be read", cause)));
            });
  }

  @Override
  public boolean isRevoked(String family) {
    return known.getIfPresent(family) != null || shared.contains().test(family);
  }

  @Override
  public Future<Void> revoke(String family) {
    return session
        .write(
            "family.revoke",
            insert
                .bind()
                .setLong("hour", hour())
                .setString("family", family)
                .setInt("ttl", Math.toIntExact(tokenLife.toSeconds())))
        .compose(
            stored -> {
              known.put(family, true);
              return shared
                  .add()
                  .apply(family, tokenLife)
                  .recover(
                      cause -> {
                        // It is stored: the others read it with their next refresh.
                        LOG.warn(
                            "a revocation is not in the cluster's memory: {}", cause.toString());
                        return Future.succeededFuture();
                      });
            });
  }

  @Override
  public Future<Void> refresh() {
    List<Future<?>> reads = new ArrayList<>();
    long oldest = clock.instant().minus(tokenLife).getEpochSecond() / HOUR_SECONDS;
    // One more on either side: whoever wrote has a clock of their own.
    for (long hour = oldest - 1; hour <= hour() + 1; hour++) {
      reads.add(
          session
              .read("family.revoked", select.bind().setLong("hour", hour))
              .onSuccess(rows -> rows.forEach(this::learn)));
    }
    return Future.all(reads).mapEmpty();
  }

  private void learn(Row row) {
    // Written once: read over and over, an entry would never leave the memory before its row.
    known.get(row.getString("family"), any -> true);
  }

  private long hour() {
    return clock.instant().getEpochSecond() / HOUR_SECONDS;
  }
}
