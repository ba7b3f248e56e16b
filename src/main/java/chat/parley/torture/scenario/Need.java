package chat.parley.torture.scenario;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What not every machine has. */
public enum Need {
  SIGNALS("a sh, to freeze processes (SIGSTOP)", Need::hasShell),
  PROXIES("Linux, to tell whose connections a proxy carries", Need::isLinux);

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
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "sh")));
  }

  private static boolean isLinux() {
    return Files.isDirectory(Path.of("/proc/self/fd"));
  }
}
