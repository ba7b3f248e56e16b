package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.config.SettingsSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditCommandTest {
  @TempDir private Path folder;

  @Test
  void whereThereIsNoSigningKeyItSaysSoAndMakesNone() {
    Path data = folder.resolve("data");
    AuditVerification verification =
        new AuditVerification(new PrintWriter(PrintWriter.nullWriter()), false, List.of());

    assertThatThrownBy(() -> verification.at(null, settings("data-dir", data)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(data.resolve("keys/signing.key") + " does not exist");
    assertThat(data).doesNotExist();
  }

  @Test
  void theKeyIsTheOneThatIsNamedOrElseThatOfTheDataFolder() throws IOException {
    Path named = Files.writeString(folder.resolve("named"), "5e".repeat(32));
    Files.createDirectories(folder.resolve("keys"));
    Path made = Files.writeString(folder.resolve("keys/signing.key"), "6f".repeat(32));

    assertThat(settings("auth.signing-key-file", named).signingKeyFile()).isEqualTo(named);
    assertThat(settings("data-dir", folder).signingKeyFile()).isEqualTo(made);
    assertThat(AuditCommand.key(made)).isNotNull();
  }

  @Test
  void settingsThatCannotBeUsedAreNoFaultOfTheAuditLog() {
    StringWriter said = new StringWriter();
    int exit =
        Main.commandLine()
            .setErr(new PrintWriter(said, true))
            .execute("dead-letters", "discard", "some-id", "--yes", "--set", "log.beat-msx=1");

    assertThat(exit).isEqualTo(2);
    assertThat(said.toString()).contains("These settings cannot be used").contains("log.beat-msx");
    assertThat(said.toString()).doesNotContain("audit log").doesNotContain("\tat ");
  }

  private static Settings settings(String key, Path value) {
    return Settings.read(SettingsSource.read(null, Map.of(), Map.of(key, value.toString())));
  }
}
