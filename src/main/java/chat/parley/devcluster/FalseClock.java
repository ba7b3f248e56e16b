package chat.parley.devcluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process's own, false idea of what time it is, by libfaketime; to be given to {@link
 * DevNode#start(Map)}. Its monotonic clock is right, as on a machine whose time was set wrong.
 */
public final class FalseClock {
  private static final String LIBRARY = "libfaketimeMT.so.1";

  /** Below these, some systems have one more folder for each architecture. */
  private static final List<Path> LIBRARIES =
      List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"));

  private FalseClock() {}

  /** Whether this machine has the library. */
  public static boolean isThere() {
    return library().isPresent();
  }

  /**
   * What a process's environment must have for it.
   *
   * @param off how far it is ahead; negative is behind
   * @throws DevClusterException where there is no library
   */
  public static Map<String, String> environment(Duration off) {
    Path library = library().orElseThrow(() -> new DevClusterException("there is no libfaketime"));
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME",
        "%+d".formatted(off.toSeconds()),
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "NO_FAKE_STAT",
        "1");
  }

  private static Optional<Path> library() {
    return LIBRARIES.stream()
        .flatMap(folder -> Stream.concat(Stream.of(folder), below(folder)))
        .map(folder -> folder.resolve("faketime").resolve(LIBRARY))
        .filter(Files::isReadable)
        .findFirst();
  }

  private static Stream<Path> below(Path folder) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, "*-linux-*")) {
      Stream.Builder<Path> found = Stream.builder();
      folders.forEach(found);
      return found.build();
    } catch (IOException absent) {
      return Stream.empty();
    }
  }
}
