package chat.parley;

import chat.parley.cassandra.CassandraSession;
import chat.parley.config.SettingsException;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.kafka.KafkaSettings;
import chat.parley.verify.CannotLookException;
import chat.parley.verify.ConsoleProgress;
import chat.parley.verify.Fault;
import chat.parley.verify.Verification;
import chat.parley.verify.VerifyReport;
import chat.parley.verify.VerifySettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code verify} command: compares what the stores hold with what the log promises. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Checks what is stored: every conversation's log, published mark, send keys, members, lists, titles and"
          + " cursors, and the stream where it can be reached. It may run while the system serves: it writes"
          + " nothing, is read at a pace, and what is in flight is no fault. What looks wrong is looked at twice.",
      "All records that Kafka still has are compared. Of changes whose record it may have removed, the report says how"
          + " many there are, in how many conversations; it does so too of what else was not compared.",
      "The settings are those of serve. Where the stores are embedded, their server must be running: its data"
          + " folder says where they are."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is wrong with what was looked at",
      "1:something is wrong",
      "2:could not look: the history store is away, the conversation is unknown, an option or setting is unusable"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int CANNOT_LOOK = 2;

  private CommandSpec spec;

  @Option(
      names = "--conversation",
      paramLabel = "ID",
      description = "only this one; rows that belong to no conversation are then not looked for")
  private String conversation;

  @Option(
      names = "--json",
      description = "the report as one JSON object; progress goes to standard error")
  private boolean json;

  @Option(names = "--no-stream", description = "leave the stream alone")
  private boolean noStream;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "" + VerifySettings.DEFAULT_ROWS_PER_SECOND,
      description =
          "rows a second at most, each request counting as 25 more (${DEFAULT-VALUE}: some 5 %% of a core of the"
              + " store); 0: as fast as it goes")
  private long rate;

  @Option(
      names = "--audit",
      description = {
        "look at the audit log instead: whether a line was altered, added, swapped or taken out since it was written.",
        "Needs the nodes' signing key (auth.signing-key-file)."
      })
  private boolean audit;

  @Option(
      names = "--earlier-key",
      paramLabel = "FILE",
      description =
          "with --audit: a signing key that the nodes had before, whose lines are then looked at too; may be given"
              + " several times")
  private List<Path> earlierKeys = new ArrayList<>();

  @Mixin private StoreOptions stores;

  /** The help lists every fault. */
  @Spec
  void spec(CommandSpec given) {
    spec = given;
    List<String> footer = new ArrayList<>();
    footer.add("");
    footer.add("What can be wrong, and what to do:");
    for (Fault fault : Fault.values()) {
      footer.add("");
      footer.add("  @|bold " + fault.word() + "|@: " + fault.meaning() + ".");
      footer.add("    " + fault.advice());
    }
    footer.add("");
    footer.add(
        "Before anything is changed by hand: stop the writes, take a snapshot. Rows of published, members,"
            + " user_conversations, conversation_titles, delivered and read_cursors bear a number as their"
            + " timestamp (published and cursors their own, the others the change's and one more), so that a"
            + " late write never undoes a later one: change or delete them with USING TIMESTAMP and the number"
            + " they have (SELECT WRITETIME(...)), never without, or all later writes lose against it.");
    given.usageMessage().footer(footer.toArray(String[]::new));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (rate < 0) {
      throw new ParameterException(spec.commandLine(), "--rate must be 0 or more");
    }
    if (!audit && !earlierKeys.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--earlier-key goes with --audit");
    }
    PrintWriter err = spec.commandLine().getErr();
    if (audit) {
      return AuditAccess.with(
          err,
          stores::settingsWithKey,
          new AuditVerification(spec.commandLine().getOut(), json, earlierKeys));
    }
    try {
      return stores.open((session, settings) -> look(session, settings.kafka()));
    } catch (SettingsException faults) {
      err.println("These settings cannot be used:");
      err.println(faults.getMessage());
    } catch (CannotLookException | EmbeddedStackException | IllegalStateException cause) {
      err.println("Cannot look: " + cause.getMessage());
    }
    return CANNOT_LOOK;
  }

  private int look(CassandraSession session, KafkaSettings kafka) throws InterruptedException {
    ConsoleProgress progress =
        new ConsoleProgress(
            spec.commandLine().getErr(), System.console() != null, System::nanoTime);
    Verification verification =
        Blocking.await(
            Verification.over(
                session,
                noStream ? Optional.empty() : Optional.of(kafka),
                VerifySettings.defaults().withRowsPerSecond(rate),
                Clock.systemUTC()));
    VerifyReport report;
    try {
      report = verification.run(Optional.ofNullable(conversation), progress);
    } finally {
      progress.end();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? report.json().encodePrettily() : report.table());
    out.flush();
    return report.exitCode();
  }
}
