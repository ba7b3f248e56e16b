package chat.parley.devcluster;

import chat.parley.embedded.FormerChildren;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The command that runs one node: this very program with {@code serve}. */
final class NodeProgram {
  /** By name: nothing may use the root. */
  private static final String MAIN = "chat.parley.Main";

  private static final String LOGGING = "logback.configurationFile";

  private NodeProgram() {}

  static List<String> command(
      Path directory, int heapMib, Optional<Path> config, Map<String, String> settings) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx" + heapMib + "m");
    words.add("-XX:+UseSerialGC"); // several JVMs on few cores: the one with the fewest threads
    words.add("-XX:+ExitOnOutOfMemoryError");
    words.add(FormerChildren.mark(directory));
    if (System.getProperty(LOGGING) != null) {
      words.add("-D" + LOGGING + "=" + System.getProperty(LOGGING));
    }
    words.addAll(program());
    words.add("serve");
    words.add("--stop-with-parent");
    config.ifPresent(file -> words.addAll(List.of("--config", file.toString())));
    new TreeMap<>(settings)
        .forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
    return words;
  }

  private static List<String> program() {
    Path code = ourCode();
    if (!Files.isDirectory(code)) {
      return List.of("-jar", code.toString());
    }
    // A build tree: the libraries lie beside the classes, and the jar's manifest is not there.
    List<String> words =
        new ArrayList<>(
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-"))
                .toList());
    words.add("-cp");
    words.add(code + File.pathSeparator + code.resolveSibling("lib") + File.separator + "*");
    words.add(MAIN);
    return words;
  }

  private static Path ourCode() {
    try {
      return Path.of(NodeProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new DevClusterException("Cannot tell where this program lies", e);
    }
  }
}
