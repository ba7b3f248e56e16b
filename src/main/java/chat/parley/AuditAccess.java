package chat.parley;

import chat.parley.audit.AuditStore;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.config.SettingsException;
import chat.parley.embedded.EmbeddedStackException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.function.Supplier;

/** Opens the audit log for a command, says why it cannot, and lets go of it again. */
final class AuditAccess {
  /** The exit code where it cannot be looked at. */
  static final int CANNOT_LOOK = 2;

  /** What is done with it; answers with the exit code. */
  interface Work {
    int at(AuditStore store, Settings settings) throws InterruptedException;
  }

  private AuditAccess() {}

  /** Does the work with the log of these settings, which are read here. */
  static int with(PrintWriter err, Supplier<Settings> settings, Work work)
      throws InterruptedException {
    try {
      return with(settings.get(), work);
    } catch (SettingsException faults) {
      err.println("These settings cannot be used:");
      err.println(faults.getMessage());
    } catch (EmbeddedStackException | IllegalStateException | IllegalArgumentException cause) {
      err.println("Cannot look: " + cause.getMessage());
    }
    return CANNOT_LOOK;
  }

  private static int with(Settings settings, Work work) throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      CassandraSession session =
          Blocking.await(
              CassandraConnector.connectToExisting(
                  vertx, settings.cassandra(), new SimpleMeterRegistry()));
      try {
        return work.at(Blocking.await(AuditStore.open(session)), settings);
      } finally {
        Blocking.await(session.close());
      }
    } finally {
      Blocking.await(vertx.close());
    }
  }
}
