package chat.parley;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code audit} command. */
@Command(
    name = "audit",
    description = "The audit log: who signed in, was signed out, made whom an admin, and so on.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ExportAuditCommand.class)
final class AuditCommand implements Runnable {
  /** What the key of the audit log is derived for. For ever: another word is another key. */
  static final String KEY_PURPOSE = "parley audit log";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: one of the commands below.");
  }
}
