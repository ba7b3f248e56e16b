package chat.parley.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the keyspace and applies the {@code cql/*.cql} files that it has not seen, each once, one
 * node at a time. A file that was applied and then edited is refused: a change of the schema is a
 * new file.
 */
final class Schema {
  /** In the order in which they are applied; a new file goes to the end. */
  private static final List<String> FILES =
      List.of(
          "auth",
          "conversation",
          "log",
          "cursor",
          "log-buffered",
          "amendments",
          "conversation-settings",
          "log-large",
          "personal",
          "inbox",
          "presence",
          "auth-sessions",
          "audit",
          "private-receipts",
          "inbox-streams",
          "auth-suspended");

  private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
  private static final int LOCK_TTL_SECONDS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CqlSession session;
  private final CassandraSettings settings;
  private final String self = UUID.randomUUID().toString();

  Schema(CqlSession session, CassandraSettings settings) {
    this.session = session;
    this.settings = settings;
  }

  /** Blocks until the schema is there. */
  void apply() {
    long nodes = nodesInDataCenter();
    if (!hasKeyspace()) { // not asked for where it is there: that would take the right to make any
      requireEnough(nodes);
      run(
          "CREATE KEYSPACE IF NOT EXISTS "
              + settings.keyspace()
              + " WITH replication = {'class': 'NetworkTopologyStrategy', '"
              + settings.localDatacenter()
              + "': "
              + settings.replicationFactor()
              + "}");
    }
    run("USE " + settings.keyspace());
    run("CREATE TABLE IF NOT EXISTS schema_files (name text PRIMARY KEY, checksum text)");
    run("CREATE TABLE IF NOT EXISTS schema_lock (name text PRIMARY KEY, owner text)");
    new StorePromises(this::setting, settings.replicationFactor()).say();
    if (FILES.stream().allMatch(this::isApplied)) {
      return;
    }
    lock();
    try {
      FILES.stream().filter(file -> !isApplied(file)).forEach(this::applyFile);
    } finally {
      run("DELETE FROM schema_lock WHERE name = 'schema' IF owner = ?", self);
    }
  }

  private boolean hasKeyspace() {
    return run(
                "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?",
                settings.keyspace())
            .one()
        != null;
  }

  /** Refused where there is none, before any is asked: that would look like a store away. */
  private long nodesInDataCenter() {
    Map<String, Long> nodes =
        session.getMetadata().getNodes().values().stream()
            .map(node -> String.valueOf(node.getDatacenter()))
            .collect(Collectors.groupingBy(center -> center, TreeMap::new, Collectors.counting()));
    String local = settings.localDatacenter();
    if (!nodes.containsKey(local)) {
      throw new IllegalStateException(
          "Cassandra %s has no data center %s, but %s (cassandra.local-datacenter)"
              .formatted(settings.contactPoints(), local, nodes.keySet()));
    }
    return nodes.get(local);
  }

  private void requireEnough(long nodes) {
    if (nodes < settings.replicationFactor()) {
      throw new IllegalStateException(
          "Cassandra %s has %d nodes in %s, too few for cassandra.replication-factor %d"
              .formatted(
                  settings.contactPoints(),
                  nodes,
                  settings.localDatacenter(),
                  settings.replicationFactor()));
    }
  }

  /** What Cassandra says that it runs with; null where it does not say. */
  private String setting(String name) {
    try {
      Row row = run("SELECT value FROM system_views.settings WHERE name = ?", name).one();
      return row == null ? null : row.getString("value");
    } catch (UnauthorizedException e) { // it is asked for advice only
      LOG.atInfo()
          .addKeyValue("setting", name)
          .log("Cassandra lets Parley not look at its settings");
      return null;
    }
  }

  private boolean isApplied(String file) {
    Row row = run("SELECT checksum FROM schema_files WHERE name = ?", file).one();
    if (row == null) {
      return false;
    }
    if (!checksum(text(file)).equals(row.getString("checksum"))) {
      throw new IllegalStateException(
          "schema file "
              + file
              + ".cql was edited after it had been applied; add a new file instead");
    }
    return true;
  }

  private void applyFile(String file) {
    String text = text(file);
    for (String statement : text.split(";")) {
      if (!statement.isBlank()) {
        run(statement.strip());
      }
    }
    run("INSERT INTO schema_files (name, checksum) VALUES (?, ?)", file, checksum(text));
    LOG.atInfo().addKeyValue("file", file + ".cql").log("schema applied");
  }

  private void lock() {
    long deadline = System.nanoTime() + PATIENCE.multipliedBy(4).toNanos();
    while (!run(
            "INSERT INTO schema_lock (name, owner) VALUES ('schema', ?) IF NOT EXISTS USING TTL "
                + LOCK_TTL_SECONDS,
            self)
        .wasApplied()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("another node has held the schema lock for too long");
      }
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for the schema lock", e);
      }
    }
  }

  private ResultSet run(String cql, Object... values) {
    return session.execute(SimpleStatement.newInstance(cql, values).setTimeout(PATIENCE));
  }

  private static String text(String file) {
    try (InputStream in = Schema.class.getResourceAsStream("/cql/" + file + ".cql")) {
      if (in == null) {
        throw new IllegalStateException("cql/" + file + ".cql is not in the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String checksum(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
