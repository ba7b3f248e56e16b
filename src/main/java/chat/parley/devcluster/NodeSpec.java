package chat.parley.devcluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is needed to start one node, again and again.
 *
 * @param name {@code n1} and so on
 * @param roles separated by commas; empty text is all
 * @param directory its data folder
 * @param settings all that it is told beside the file
 */
record NodeSpec(
    String name,
    String roles,
    int httpPort,
    Path directory,
    Path log,
    int heapMib,
    Optional<Path> config,
    Map<String, String> settings,
    Map<String, String> environment) {

  boolean isGateway() {
    return roles.isEmpty() || List.of(roles.split(",")).contains("gateway");
  }

  Process launch(Map<String, String> environment, Map<String, String> moreSettings) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(moreSettings);
    try {
      Files.createDirectories(directory);
      ProcessBuilder builder =
          new ProcessBuilder(NodeProgram.command(directory, heapMib, config, all))
              .redirectErrorStream(true);
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new DevClusterException(name + " cannot be started: " + e.getMessage(), e);
    }
  }
}
