package chat.parley;

import chat.parley.cassandra.CassandraSession;
import chat.parley.config.SettingsException;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.inbox.Rebuild;
import chat.parley.inbox.Rebuild.Tally;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code rebuild inbox} command. */
@Command(
    name = "inbox",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the rows of inboxes again from log and membership. It may run while the system serves, and be broken"
          + " off and begun again: what the stream brings meanwhile is never undone. Needed after an upgrade from a"
          + " version without these rows, after Kafka has removed or lost what the inbox role had not followed yet"
          + " (parley_kafka_group_missed is 1), and after the table was emptied (by TRUNCATE). Without it nothing is"
          + " lost, but inboxes and syncs are slow. What Kafka removes while it runs needs another run.",
      "It says how many rows it looked at, how many of them lacked something, and a checksum of what they are now: two"
          + " runs over a system at rest give the same. The settings are those of serve; only Cassandra is asked.",
      "A conversation whose history is damaged is named, its rows say that they tell nothing, and the others are made;"
          + " verify says what is wrong with it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:done, but for the conversations that it names: their history is damaged",
      "2:could not: the history store is away, an option or setting is unusable; what was done until then stays"
    })
final class RebuildInboxCommand implements Callable<Integer> {
  private static final int LEFT_OUT = 1;
  private static final int CANNOT = 2;

  @Spec private CommandSpec spec;

  @Option(names = "--user", paramLabel = "ID", description = "only this user's rows")
  private String user;

  @Mixin private StoreOptions stores;

  @Override
  public Integer call() throws InterruptedException {
    if (user != null && !Ids.isValid(user)) {
      throw new ParameterException(spec.commandLine(), "--user must be a user's id");
    }
    PrintWriter err = spec.commandLine().getErr();
    try {
      Tally done = stores.open(this::rebuild);
      spec.commandLine().getOut().println(said(done));
      spec.commandLine().getOut().flush();
      return done.failed() == 0 ? 0 : LEFT_OUT;
    } catch (SettingsException faults) {
      err.println("These settings cannot be used:");
      err.println(faults.getMessage());
    } catch (EmbeddedStackException | IllegalStateException cause) {
      err.println("Cannot rebuild: " + cause.getMessage());
    }
    return CANNOT;
  }

  private Tally rebuild(CassandraSession session, Settings settings) throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Rebuild rebuild =
        Blocking.await(
            Rebuild.over(
                session,
                settings.inbox(),
                settings.log(),
                new Lines(err),
                (conversation, cause) -> {
                  err.println("The rows of " + conversation + " cannot be made: " + cause);
                  err.flush();
                }));
    return Blocking.await(user == null ? rebuild.all() : rebuild.of(new UserId(user)));
  }

  private static String said(Tally tally) {
    return String.format(
        Locale.ROOT,
        "conversations %d, rows %d, mended %d, failed %d, checksum %016x",
        tally.conversations(),
        tally.rows(),
        tally.mended(),
        tally.failed(),
        tally.checksum());
  }

  /** A line now and then. */
  private static final class Lines implements Consumer<Tally> {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter err;
    private long printedAt = System.nanoTime();

    Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void accept(Tally tally) {
      if (System.nanoTime() - printedAt >= EVERY_NANOS) {
        printedAt = System.nanoTime();
        err.println(said(tally));
        err.flush();
      }
    }
  }
}
