package chat.parley.devcluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells which process a local connection comes from, on Linux: by its socket's number in {@code
 * /proc}. Elsewhere nobody is known.
 */
final class Peers {
  private static final int LOCAL = 1;
  private static final int INODE = 9;

  private Peers() {}

  /**
   * The name of the process that holds the client's end of a connection.
   *
   * @param port of that end
   * @param names of the processes that may, by their ids
   */
  static Optional<String> holderOf(int port, Map<Long, String> names) {
    return socketOf(port)
        .flatMap(
            socket ->
                names.entrySet().stream()
                    .filter(process -> holds(process.getKey(), socket))
                    .map(Map.Entry::getValue)
                    .findFirst());
  }

  private static Optional<String> socketOf(int port) {
    String end = ":%04X".formatted(port);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try {
        for (String line : Files.readAllLines(Path.of(table))) {
          String[] columns = line.strip().split("\\s+");
          if (columns.length > INODE && columns[LOCAL].endsWith(end)) {
            return Optional.of("socket:[" + columns[INODE] + "]");
          }
        }
      } catch (IOException noSuchTable) {
        continue;
      }
    }
    return Optional.empty();
  }

  private static boolean holds(long pid, String socket) {
    Path folder = Path.of("/proc", Long.toString(pid), "fd");
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(folder)) {
      for (Path descriptor : descriptors) {
        if (socket.equals(target(descriptor))) {
          return true;
        }
      }
    } catch (IOException gone) {
      return false;
    }
    return false;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
