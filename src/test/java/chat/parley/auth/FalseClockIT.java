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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Of what one node and then another writes the last counts, also where a node's clock is wrong.
 * Played where there is libfaketime, which {@code .ci/run} installs.
 */
class FalseClockIT {
  private static final String KEYSPACE = "false_clock_it";

  @Test
  void whatANodeWroteWhoseClockIsAheadIsAlteredByTheNext() {
    assumeTrue(FalseClock.isThere(), "needs libfaketime (Debian: apt-get install faketime)");
    use(
        SharedStack.cassandra(KEYSPACE),
        accounts -> {
          Profile made = accounts.create("clock", "made", "hash").await();
          UserId user = made.userId();

          renameUnder(Duration.ofMinutes(65), user, "by the false clock");
          assertThat(nameOf(accounts, user)).isEqualTo("by the false clock");

          accounts.rename(user, "by the true clock").await();
          assertThat(nameOf(accounts, user)).isEqualTo("by the true clock");
        });
  }

  private static String nameOf(Accounts accounts, UserId user) {
    return accounts.find(user).await().orElseThrow().displayName();
  }

  private static void renameUnder(Duration off, UserId user, String name) {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(
                    File.pathSeparator, "target/test-classes", "target/classes", "target/lib/*"),
                Renaming.class.getName(),
                SharedStack.cassandra(KEYSPACE).contactPoints().get(0),
                SharedStack.get().localDatacenter(),
                user.value(),
                name)
            .inheritIO();
    builder.environment().putAll(FalseClock.environment(off));
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
      use(settings, accounts -> accounts.rename(new UserId(arguments[2]), arguments[3]).await());
    }
  }

  private static void use(CassandraSettings settings, Consumer<Accounts> work) {
    Vertx vertx = Vertx.vertx();
    CassandraSession session =
        CassandraConnector.connect(vertx, settings, new SimpleMeterRegistry()).await();
    try {
      work.accept(Accounts.open(session, AuthSettings.defaults(), Clock.systemUTC()).await());
    } finally {
      session.close().await();
      vertx.close().await();
    }
  }
}
