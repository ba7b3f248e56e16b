package chat.parley.devcluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * A process's own, false idea of what time it is; to be given to {@link DevNode#start(Map)}. Its
 * monotonic clock and its waits are right, as on a machine whose time was set wrong. By a small
 * library of C that stands before the system's (LD_PRELOAD), and that is compiled here: for Linux
 * with a C compiler. libfaketime would do less: a JVM's timed waits stall under it.
 */
public final class FalseClock {
  private static final String SOURCE = "/devcluster/false-clock.c";

  private final Path library;

  private FalseClock(Path library) {
    this.library = library;
  }

  /**
   * Makes it.
   *
   * @param folder in which its library is, as long as a process uses it
   * @throws DevClusterException where it cannot be compiled, with what the compiler says
   */
  public static FalseClock build(Path folder) {
    Path source = folder.resolve("false-clock.c");
    Path library = folder.resolve("false-clock.so");
    try (InputStream text = FalseClock.class.getResourceAsStream(SOURCE)) {
      Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
      compile(source, library);
    } catch (IOException e) {
      throw new DevClusterException("no false clock can be made: " + e.getMessage(), e);
    }
    return new FalseClock(library);
  }

  private static void compile(Path source, Path library) throws IOException {
    Process compiler =
        new ProcessBuilder(
                "cc",
                "-shared",
                "-fPIC",
                "-O1",
                "-o",
                library.toString(),
                source.toString(),
                "-ldl")
            .redirectErrorStream(true)
            .start();
    compiler.getOutputStream().close();
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (compiler.onExit().join().exitValue() != 0) {
      throw new IOException("cc: " + said.strip());
    }
  }

  /**
   * What a process's environment must have for it.
   *
   * @param ahead how far its clock is ahead; negative is behind
   */
  public Map<String, String> environment(Duration ahead) {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FALSE_CLOCK_AHEAD_SECONDS",
        Long.toString(ahead.toSeconds()));
  }
}
