package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the help says is what the program has. */
final class HelpTest {
  @Test
  void serveNamesEveryRole() {
    assertThat(help("serve"))
        .contains("what this node does: " + String.join(", ", Settings.ROLES) + " (all)");
  }

  /** As one line: where it is broken depends on the width. */
  private static String help(String command) {
    return Main.commandLine()
        .getSubcommands()
        .get(command)
        .getUsageMessage()
        .replaceAll("\\s+", " ");
  }
}
