package chat.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.testing.SharedStack;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts and stops real stores, so it takes its time; what the messages say is in the unit tests
 * where it can be.
 */
class EmbeddedStackIT {
  private final List<String> lines = new ArrayList<>();

  @Test
  void rowsAndTopicsAreThereAfterARestartOnTheSamePortsAndOnOthers(@TempDir Path data)
      throws Exception {
    EmbeddedSettings settings = EmbeddedSettings.in(data);
    Map<String, Long> pids;
    int port;
    try (EmbeddedStack stack = EmbeddedStack.start(settings, lines::add)) {
      pids = stack.pids();
      port = stack.cassandraContactPoint().getPort();
      try (CqlSession session = session(stack)) {
        session.execute(
            "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        session.execute("CREATE TABLE k.t (id int PRIMARY KEY, text text)");
        session.execute("INSERT INTO k.t (id, text) VALUES (1, 'kept')");
        session.execute("UPDATE k.t SET text = 'swapped' WHERE id = 1 IF text = 'kept'");
      }
      try (Admin admin = admin(stack)) {
        admin
            .createTopics(List.of(new NewTopic("t", 4, (short) 1)))
            .all()
            .get(20, TimeUnit.SECONDS);
      }
      assertThatThrownBy(() -> EmbeddedStack.start(settings, lines::add))
          .isInstanceOf(EmbeddedStackException.class)
          .hasMessageContaining(
              "in use by another server (process " + ProcessHandle.current().pid());
    }
    assertThat(pids).containsOnlyKeys("Cassandra", "Kafka");
    assertThat(pids.values()).allSatisfy(pid -> assertThat(ProcessHandle.of(pid)).isEmpty());
    assertThat(lines).anyMatch(line -> line.startsWith("Cassandra: ready on 127.0.0.1:" + port));

    try (EmbeddedStack stack = EmbeddedStack.start(settings, lines::add)) {
      assertThat(stack.cassandraContactPoint().getPort()).isEqualTo(port);
      try (CqlSession session = session(stack)) {
        assertThat(session.execute("SELECT text FROM k.t WHERE id = 1").one().getString(0))
            .isEqualTo("swapped");
        assertThat(
                session
                    .execute(
                        "SELECT value FROM system_views.settings WHERE name = 'commitlog_sync'")
                    .one()
                    .getString(0))
            .isEqualTo("group");
      }
      try (Admin admin = admin(stack)) {
        assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS)).contains("t");
      }
    }
    copeWithOtherPorts(settings, data);
  }

  private void copeWithOtherPorts(EmbeddedSettings settings, Path data) throws Exception {
    Files.delete(data.resolve("embedded").resolve("stack.properties"));
    try (EmbeddedStack stack = EmbeddedStack.start(settings, lines::add);
        CqlSession session = session(stack);
        Admin admin = admin(stack)) {
      assertThat(session.execute("SELECT text FROM k.t WHERE id = 1").one().getString(0))
          .isEqualTo("swapped");
      assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS)).contains("t");
    }
  }

  @Test
  void anOverrideReachesCassandraAndADeadStoreIsReportedWithItsLastLines(@TempDir Path data)
      throws Exception {
    EmbeddedSettings settings =
        EmbeddedSettings.in(data)
            .withKafka(Optional.empty())
            .withCassandra(
                Optional.of(
                    new EmbeddedSettings.Cassandra(
                        0, 512, Map.of("commitlog_sync_group_window", "7ms"))));
    try (EmbeddedStack stack = EmbeddedStack.start(settings, lines::add)) {
      assertThatThrownBy(stack::kafkaBootstrap).isInstanceOf(IllegalStateException.class);
      try (CqlSession session = session(stack)) {
        assertThat(
                session
                    .execute(
                        "SELECT value FROM system_views.settings WHERE name = 'commitlog_sync_group_window'")
                    .one()
                    .getString(0))
            .isEqualTo("7ms");
      }
      CompletableFuture<ChildExit> exit = new CompletableFuture<>();
      stack.onUnexpectedExit(exit::complete);
      ProcessHandle.of(stack.pids().get("Cassandra")).orElseThrow().destroyForcibly();
      assertThat(exit.get(20, TimeUnit.SECONDS).message())
          .contains("Cassandra")
          .contains("ended by itself with code 137")
          .endsWith(lastLineOf(data.resolve("logs").resolve("cassandra.log")));
    }
  }

  @Test
  void aStoreThatCannotStartIsReportedWithItsLastLines(@TempDir Path data) {
    EmbeddedSettings settings =
        EmbeddedSettings.in(data)
            .withKafka(Optional.empty())
            .withCassandra(
                Optional.of(new EmbeddedSettings.Cassandra(0, 512, Map.of("no_such_key", "1"))));
    assertThatThrownBy(() -> EmbeddedStack.start(settings, lines::add))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining("While starting: Cassandra")
        .hasMessageContaining("no_such_key");
  }

  @Test
  void noChildOutlivesAKilledParentAndTheNextStartWaitsForThem(@TempDir Path data)
      throws Exception {
    Process parent = startParent(data);
    List<ProcessHandle> children = childrenOf(parent);
    assertThat(children).hasSize(2).allMatch(ProcessHandle::isAlive);
    ProcessHandle slow = cassandraOf(children);
    signal(slow, "STOP"); // else it may have ended before anybody looks

    parent.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    Progress letGo =
        line -> {
          lines.add(line);
          if (line.contains("waiting for the one of the last run to end")) {
            signal(slow, "CONT");
          }
        };
    try (EmbeddedStack stack = EmbeddedStack.start(EmbeddedSettings.in(data), letGo)) {
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      assertThat(lines.get(0)).startsWith("Cassandra: waiting for the one of the last run to end");
      assertThat(stack.pids()).hasSize(2);
    }
  }

  @Test
  void ctrlCOnTheTerminalLeavesTheStoresToTheirParent() throws Exception {
    EmbeddedStack stack = SharedStack.get();
    for (long pid : stack.pids().values()) {
      signal(ProcessHandle.of(pid).orElseThrow(), "INT");
    }
    try (CqlSession session = session(stack);
        Admin admin = admin(stack)) {
      assertThat(session.execute("SELECT key FROM system.local").one().getString(0))
          .isEqualTo("local");
      assertThat(admin.describeCluster().nodes().get(20, TimeUnit.SECONDS)).hasSize(1);
    }
    assertThat(stack.pids().values())
        .allSatisfy(
            pid -> assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive)).contains(true));
  }

  /**
   * Whatever that is by now: a store has more to say after its start, and says it when it likes.
   */
  private static String lastLineOf(Path log) throws IOException {
    List<String> written =
        Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
    assertThat(written).isNotEmpty();
    return written.get(written.size() - 1);
  }

  private static Process startParent(Path data) throws IOException {
    String classPath =
        Stream.of(StackParent.class, EmbeddedStack.class)
            .map(EmbeddedStackIT::locationOf)
            .collect(Collectors.joining(File.pathSeparator));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-Xmx64m",
            "-cp",
            classPath,
            StackParent.class.getName(),
            data.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static ProcessHandle cassandraOf(List<ProcessHandle> stores) {
    return stores.stream()
        .filter(store -> store.info().commandLine().orElse("").contains("/cassandra"))
        .findFirst()
        .orElseThrow();
  }

  private static void signal(ProcessHandle process, String name) {
    try {
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<ProcessHandle> childrenOf(Process parent) throws IOException {
    List<ProcessHandle> children = new ArrayList<>();
    BufferedReader output = parent.inputReader();
    for (String line = output.readLine();
        line != null && !line.equals("started");
        line = output.readLine()) {
      if (line.startsWith("pid ")) {
        ProcessHandle.of(Long.parseLong(line.substring(4))).ifPresent(children::add);
      }
    }
    return children;
  }

  private static String locationOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CqlSession session(EmbeddedStack stack) {
    Duration patience = Duration.ofSeconds(20);
    return CqlSession.builder()
        .addContactPoint(stack.cassandraContactPoint())
        .withLocalDatacenter(stack.localDatacenter())
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, patience)
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, patience)
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, patience)
                .build())
        .build();
  }

  private static Admin admin(EmbeddedStack stack) {
    return Admin.create(Map.of("bootstrap.servers", stack.kafkaBootstrap()));
  }
}
