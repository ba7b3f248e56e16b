package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.config.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files in {@code docker/}, as far as they can be tried without a container. */
final class DockerFilesTest {
  private static final Path DOCKER = Path.of("docker");
  private static final Pattern GATEWAY = Pattern.compile("(?m)^ +gateway: (\\S+)$");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"compose.yaml, node.yaml", "compose.cluster.yaml, cluster.yaml"})
  void whatComesToThePublishedPortIsAProxy(String compose, String settings) throws IOException {
    Matcher gateway = GATEWAY.matcher(Files.readString(DOCKER.resolve(compose)));
    assertThat(gateway.find()).isTrue();

    assertThat(
            Settings.read(SettingsSource.read(DOCKER.resolve(settings), Map.of(), Map.of()))
                .rates()
                .trustedProxies()
                .entries())
        .containsExactly("loopback", gateway.group(1));
  }

  @Test
  void theDataFolderStaysTheSameWhateverCommandIsGiven() throws IOException {
    assertThat(Files.readString(DOCKER.resolve("Dockerfile")))
        .contains("ENV PARLEY_DATA_DIR=/var/lib/parley\n", "CMD [\"serve\"]\n");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, serve --config FILE",
        "serve, serve --config FILE",
        "serve --set a=b c, serve --config FILE --set a=b c",
        "serve --config mine, serve --config mine",
        "verify --json, verify --config FILE --json",
        "verify -c mine, verify -c mine",
        "dead-letters list --json, dead-letters list --config FILE --json",
        "dead-letters show ID, dead-letters show --config FILE ID",
        "dead-letters list --config=mine, dead-letters list --config=mine",
        "dead-letters, dead-letters",
        "audit --help, audit --help",
        "audit export, audit export --config FILE",
        "rebuild inbox, rebuild inbox --config FILE",
        "torture --list, torture --list",
        "dev-cluster, dev-cluster",
        "version, version"
      })
  void theSettingsFileGoesToEveryCommandThatTakesIt(String words, String run)
      throws IOException, InterruptedException {
    Path settings = Files.writeString(folder.resolve("parley.yaml"), "at: '@ADDRESS@@HOSTNAME@'");
    Path filled = folder.resolve("filled.yaml");
    Path script =
        program(
            "entrypoint.sh",
            Files.readString(DOCKER.resolve("entrypoint.sh"))
                .replace("/etc/parley/parley.yaml", settings.toString())
                .replace("settings=/tmp/parley.yaml", "settings='" + filled + "'"));
    program("java", "#!/bin/sh\necho \"$@\"\n");
    program("hostname", "#!/bin/sh\n[ $# -eq 0 ] && echo chat-1 || echo 10.0.0.7 10.0.0.8\n");

    assertThat(output(script, words == null ? List.of() : List.of(words.split(" "))))
        .endsWith("-jar /opt/parley/parley.jar " + run.replace("FILE", filled.toString()) + "\n");
    assertThat(filled).hasContent("at: '10.0.0.7chat-1'");
  }

  private Path program(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String output(Path script, List<String> words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("PATH", folder.toString(), (old, own) -> own + ":" + old);
    builder.environment().remove("JAVA_OPTS");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
