package chat.parley.torture.scenario;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What not every machine has. */
public enum Need {
  SIGNALS("a sh, to freeze processes (SIGSTOP)", Need::hasShell),
  PROXIES("Linux, to tell whose connections a proxy carries", Need::isLinux),
  SMALL_DISK("root on Linux, to mount a small disk", Need::mayMount),
  C_COMPILER("a cc on Linux, to make a false clock", () -> isLinux() && hasCommand("cc"));

  private static final int CAP_SYS_ADMIN = 21;

  private final String text;
  private final BooleanSupplier there;

  Need(String text, BooleanSupplier there) {
    this.text = text;
    this.there = there;
  }

  /** In words. */
  public String text() {
    return text;
  }

  /** Says what is missing; empty where it is there. */
  Optional<String> lacking() {
    return there.getAsBoolean() ? Optional.empty() : Optional.of("needs " + text);
  }

  private static boolean hasShell() {
    return hasCommand("sh");
  }

  private static boolean hasCommand(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  /** Root in a container often may not: it is the capability that counts. */
  private static boolean mayMount() {
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      return Stream.of("sh", "mount", "umount").allMatch(Need::hasCommand)
          && status
              .filter(line -> line.startsWith("CapEff:"))
              .map(line -> new BigInteger(line.substring("CapEff:".length()).strip(), 16))
              .anyMatch(capabilities -> capabilities.testBit(CAP_SYS_ADMIN));
    } catch (IOException noLinux) {
      return false;
    }
  }

  private static boolean isLinux() {
    return Files.isDirectory(Path.of("/proc/self/fd"));
  }
}
