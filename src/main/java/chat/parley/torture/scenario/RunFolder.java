package chat.parley.torture.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder of its own for each run, so that no run meets what another has left. */
public final class RunFolder {
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss");

  private RunFolder() {}

  /** Names the folder of a run that begins now. */
  public static Path in(Path directory) {
    return directory.toAbsolutePath().normalize().resolve(LocalDateTime.now().format(NAME));
  }

  /** Removes it with all that is in it. */
  public static void remove(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
