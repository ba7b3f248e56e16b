package chat.parley.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.testing.SharedStack;
import com.datastax.oss.driver.api.core.CqlSession;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Chains in a real Cassandra, and what somebody does to them who has its password. */
class AuditStoreIT {
  private static final String KEYSPACE = "audit_it";
  private static final ChainKey KEY = new ChainKey(new byte[] {1, 2, 3});
  private static final int EVENTS = 120;

  private static Vertx vertx;
  private static CassandraSession session;
  private static AuditStore store;
  private static CqlSession intruder;

  private String day;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    session =
        CassandraConnector.connect(
                vertx, SharedStack.cassandra(KEYSPACE), new SimpleMeterRegistry())
            .await();
    store = AuditStore.open(session).await();
    intruder =
        CqlSession.builder()
            .addContactPoint(SharedStack.get().cassandraContactPoint())
            .withLocalDatacenter(SharedStack.get().localDatacenter())
            .withKeyspace(KEYSPACE)
            .build();
  }

  @AfterAll
  static void close() {
    intruder.close();
    session.close().await();
    vertx.close().await();
  }

  @BeforeEach
  void write() {
    intruder.execute("TRUNCATE audit_lines");
    intruder.execute("TRUNCATE audit_chains");
    Chain chain = new Chain(vertx, store, KEY, "n1", Clock.systemUTC(), new SimpleMeterRegistry());
    List<Future<Void>> recorded = new ArrayList<>();
    for (int n = 0; n < EVENTS; n++) {
      recorded.add(
          chain.record(
              AuditEvent.of(AuditAction.MEMBER_ROLE, "anna").with("n", String.valueOf(n))));
    }
    Future.all(recorded).await();
    chain.close().await();
    // The test may run over midnight; nothing here needs today.
    List<String> days = store.days().await();
    day = days.get(days.size() - 1);
    assertThat(LocalDate.parse(day)).isBeforeOrEqualTo(LocalDate.now(ZoneOffset.UTC));
  }

  @Test
  void whatIsWrittenIsReadAndClean() {
    AuditReport report = new AuditCheck(store, List.of(KEY)).run().await();
    assertThat(report.findings()).isEmpty();
    assertThat(report.lines()).isGreaterThan(EVENTS);
    List<AuditLine> read = new ArrayList<>();
    String cursor = null;
    do {
      AuditReader.Page page = new AuditReader(store).page(day, cursor, 50).await();
      read.addAll(page.lines());
      cursor = page.next();
    } while (cursor != null);
    assertThat(read).extracting(AuditLine::seq).isSorted().doesNotHaveDuplicates();
    assertThat(read.get(0).json().getString("action")).isEqualTo("chain.opened");
  }

  @Test
  void aChangeIsFound() {
    String line = line(7);
    intruder.execute(
        "UPDATE audit_lines SET line = ? WHERE day = ? AND chain = 'n1' AND part = 0 AND seq = 7",
        line.replace("anna", "berta"),
        day);
    assertFound(tuple(AuditFault.ALTERED, 7L));
  }

  @Test
  void aRemovedLineIsFound() {
    intruder.execute(
        "DELETE FROM audit_lines WHERE day = ? AND chain = 'n1' AND part = 0 AND seq = 7", day);
    assertFound(tuple(AuditFault.MISSING, 7L));
  }

  @Test
  void swappedLinesAreFound() {
    String seventh = line(7);
    String ninth = line(9);
    for (Tuple put : List.of(tuple(ninth, 7L), tuple(seventh, 9L))) {
      intruder.execute(
          "UPDATE audit_lines SET line = ? WHERE day = ? AND chain = 'n1' AND part = 0 AND seq = ?",
          put.toList().get(0),
          day,
          put.toList().get(1));
    }
    assertFound(tuple(AuditFault.MISPLACED, 7L), tuple(AuditFault.MISPLACED, 9L));
  }

  private String line(long seq) {
    return store.lines(day, "n1", seq, 1).await().get(0).text();
  }

  private static void assertFound(Tuple... findings) {
    assertThat(new AuditCheck(store, List.of(KEY)).run().await().findings())
        .extracting(AuditFinding::fault, AuditFinding::seq)
        .containsExactly(findings);
  }
}
