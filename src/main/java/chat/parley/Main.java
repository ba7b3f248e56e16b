package chat.parley;

import chat.parley.replay.ReplayCommand;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code parley}. */
@Command(
    name = "parley",
    description =
        "A self-hosted chat server: an acked message is never lost, doubled or out of order.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      DevClusterCommand.class,
      ReplayCommand.class,
      VerifyCommand.class,
      DeadLettersCommand.class,
      AuditCommand.class,
      RebuildCommand.class,
      TortureCommand.class,
      Main.VersionCommand.class,
      HelpCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    if (arguments.length > 0 && !arguments[0].equals("serve")) {
      // What other commands say on standard output is their answer, for programs too.
      System.setProperty("parley.log.target", "System.err");
    }
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: one of the commands below.");
  }

  /** The {@code version} command. */
  @Command(name = "version", description = "Prints the version.")
  static final class VersionCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().getOut().println(new Version().getVersion()[0]);
    }
  }

  /** Reads the version out of the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "parley "
            + Objects.requireNonNullElse(version, "(not packaged)")
            + " on Java "
            + Runtime.version().feature()
      };
    }
  }
}
