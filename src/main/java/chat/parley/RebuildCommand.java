package chat.parley;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code rebuild} command: makes again what is derived from the log. */
@Command(
    name = "rebuild",
    description = "Makes again what is derived from the log, while the system serves.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = RebuildInboxCommand.class)
final class RebuildCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to rebuild: one of those below.");
  }
}
