package chat.parley;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditStore;
import chat.parley.audit.Chain;
import chat.parley.audit.ChainKey;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.config.SettingsException;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.model.Ids;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Clock;

/**
 * The audit log for what an operator does by a command, as a chain of the command's own. An
 * operator who has to act while Cassandra is away, or has not the key, is not kept from it: then it
 * stands in the program's log alone, and the command says so.
 */
final class CommandAudit {
  /** What is done; answers with the exit code. */
  interface Work {
    int with(Audit audit) throws InterruptedException;
  }

  private CommandAudit() {}

  static int during(PrintWriter err, StoreOptions stores, Work work) throws InterruptedException {
    try {
      stores.settings();
    } catch (SettingsException | EmbeddedStackException faults) {
      return work.with(Audit.inLogOnly()); // which meets them as well, says so, and does nothing
    }
    Vertx vertx = Vertx.vertx();
    try {
      CassandraSession session;
      Chain chain;
      try {
        Settings settings = stores.settingsWithKey();
        ChainKey key = AuditCommand.key(settings.signingKeyFile());
        session =
            Blocking.await(
                CassandraConnector.connectToExisting(
                    vertx, settings.cassandra(), new SimpleMeterRegistry()));
        chain =
            new Chain(
                vertx,
                Blocking.await(AuditStore.open(session)),
                key,
                "cli-" + Ids.fresh(),
                Clock.systemUTC(),
                new SimpleMeterRegistry());
      } catch (SettingsException
          | EmbeddedStackException
          | IllegalStateException
          | IllegalArgumentException unreachable) {
        err.println(
            "The audit log cannot be written, what is done stands in this log alone: "
                + unreachable.getMessage());
        return work.with(Audit.inLogOnly());
      }
      try {
        return work.with(chain);
      } finally {
        Blocking.await(chain.close());
        Blocking.await(session.close());
      }
    } finally {
      Blocking.await(vertx.close());
    }
  }
}
