package chat.parley;

import chat.parley.audit.ChainKey;
import chat.parley.auth.SigningKey;
import java.nio.file.Path;
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

  /**
   * The key of the audit log for a command. Unlike a node, it never makes a signing key: nothing
   * was ever sealed with a new one, so every line would look forged by it.
   *
   * @throws IllegalArgumentException where the signing key cannot be used, or is not there
   */
  static ChainKey key(Path signingKeyFile) {
    return new ChainKey(SigningKey.load(signingKeyFile).derive(KEY_PURPOSE));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: one of the commands below.");
  }
}
