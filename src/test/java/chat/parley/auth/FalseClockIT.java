package chat.parley.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.devcluster.FalseClock;
import chat.parley.model.UserId;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of what one node and then another writes the last counts, also where a node's clock is wrong.
 * Played where there is a C compiler, which {@code .ci/run} installs.
 */
class FalseClockIT {
  private static final String KEYSPACE = "false_clock_it";

  /** Were rows dated here, then by a clock that is false: the driver's native one goes past it. */
  private static final String JAVA_CLOCK =
      "-Ddatastax-java-driver.advanced.timestamp-generator.force-java-clock=true";

  @TempDir private Path folder;

  @Test
  void whatANodeWroteWhoseClockIsAheadIsAlteredByTheNext() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "needs a C compiler");
    FalseClock falseClock = FalseClock.build(folder);
    UserId user = byOne(accounts -> accounts.create("clock", "made", "hash").await().userId());

    renameUnder(falseClock.environment(Duration.ofMinutes(65)), user, "by the false clock");
    assertThat(nameOf(user)).isEqualTo("by the false clock");

    byOne(accounts -> accounts.rename(user, "by the true clock").await());
    assertThat(nameOf(user)).isEqualTo("by the true clock");
  }

  private static String nameOf(UserId user) {
    return byOne(accounts -> accounts.find(user).await().orElseThrow().displayName());
  }

  /** By one that has nothing in memory. */
  private static <T> T byOne(Function<Accounts, T> work) {
    return with(SharedStack.cassandra(KEYSPACE), work);
  }

  private static void renameUnder(Map<String, String> clock, UserId user, String name) {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                JAVA_CLOCK,
                "-cp",
                String.join(
                    File.pathSeparator, "target/test-classes", "target/classes", "target/lib/*"),
                Renaming.class.getName(),
                SharedStack.cassandra(KEYSPACE).contactPoints().get(0),
                SharedStack.get().localDatacenter(),
                user.value(),
                name)
            .inheritIO();
    builder.environment().putAll(clock);
    try {
      assertThat(builder.start().waitFor()).isZero();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A node as small as can be. */
  static final class Renaming {
    private Renaming() {}

    public static void main(String[] arguments) {
      CassandraSettings settings = SharedStack.settings(arguments[0], arguments[1], KEYSPACE);
      with(settings, accounts -> accounts.rename(new UserId(arguments[2]), arguments[3]).await());
    }
  }

  private static <T> T with(CassandraSettings settings, Function<Accounts, T> work) {
    Vertx vertx = Vertx.vertx();
    CassandraSession session =
        CassandraConnector.connect(vertx, settings, new SimpleMeterRegistry()).await();
    try {
      return work.apply(Accounts.open(session, AuthSettings.defaults(), Clock.systemUTC()).await());
    } finally {
      session.close().await();
      vertx.close().await();
    }
  }
}
