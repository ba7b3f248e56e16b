package chat.parley;

import chat.parley.audit.Audit;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.config.SettingsException;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.letters.Letter;
import chat.parley.letters.LetterDesk;
import chat.parley.letters.LetterPage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code dead-letters} command: what could not be delivered, and what is to become of it. */
@Command(
    name = "dead-letters",
    description = {
      "Lists what could not be delivered, and puts it back on its way or gives it up. The messages themselves are"
          + " safe in the history either way: a letter is a delivery that did not happen.",
      "The settings are those of serve; to look, only Kafka is asked. Where it is embedded, its server must be"
          + " running: its data folder says where it is."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ListLettersCommand.class,
      ShowLetterCommand.class,
      DecideCommands.Replay.class,
      DecideCommands.Discard.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; for list also where there are none",
      "1:something was not done: no such letter, it was decided about before, or it was not confirmed",
      "2:could not look: Kafka is away, an option or setting is unusable"
    })
final class DeadLettersCommand implements Runnable {
  static final int DONE = 0;
  static final int NOT_DONE = 1;
  private static final int CANNOT_LOOK = 2;
  private static final int PAGE = 500;

  @Spec private CommandSpec spec;

  /** What is done while connected; answers with the exit code. */
  interface Work {
    int at(LetterDesk desk) throws InterruptedException;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: one of the commands below.");
  }

  /** Connects to look, does the work and lets go; says what failed. */
  static int connected(CommandSpec spec, StoreOptions stores, Work work)
      throws InterruptedException {
    return connected(spec, stores, Audit.inLogOnly(), work);
  }

  /** The same for work that decides: {@code audit} hears of it. */
  static int connected(CommandSpec spec, StoreOptions stores, Audit audit, Work work)
      throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    try {
      return connected(stores.settings(), audit, work);
    } catch (SettingsException faults) {
      err.println("These settings cannot be used:");
      err.println(faults.getMessage());
    } catch (EmbeddedStackException notRunning) {
      err.println("Cannot look: " + notRunning.getMessage());
    } catch (IllegalStateException failed) {
      if (isAbout(failed, Failure.NOT_FOUND)) {
        err.println(failed.getMessage());
        return NOT_DONE;
      }
      err.println("Cannot look: " + failed.getMessage());
    }
    return CANNOT_LOOK;
  }

  private static int connected(Settings settings, Audit audit, Work work)
      throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      LetterDesk desk =
          new LetterDesk(
              vertx,
              settings.kafka(),
              new SimpleMeterRegistry(),
              Clock.systemUTC(),
              new AuditedLetters(audit));
      try {
        return work.at(desk);
      } finally {
        Blocking.await(desk.close());
      }
    } finally {
      Blocking.await(vertx.close());
    }
  }

  /** Every letter, page after page. */
  static List<Letter> all(LetterDesk desk, boolean settledToo) throws InterruptedException {
    List<Letter> letters = new ArrayList<>();
    String after = null;
    do {
      LetterPage page = Blocking.await(desk.list(after, PAGE, settledToo));
      letters.addAll(page.items());
      after = page.next();
    } while (after != null);
    return letters;
  }

  /** Whether a future failed for this reason. */
  static boolean isAbout(IllegalStateException failed, Failure failure) {
    return failed.getCause() instanceof FailureException known && known.failure() == failure;
  }
}
