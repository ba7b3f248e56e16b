package chat.parley.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Finds the Java that can run Cassandra 5.0: exactly 17. It supports 11 and 17 only (a newer one
 * refuses its security manager), and our launcher is compiled for 17.
 */
final class ChildJdk {
  private static final int WANTED = 17;

  private final Path running;
  private final Optional<Path> environment;
  private final List<Path> installations;

  /**
   * @param running the home of the Java that runs us
   * @param environment the home that JAVA17_HOME names
   * @param installations folders that hold Java homes, side by side
   */
  ChildJdk(Path running, Optional<Path> environment, List<Path> installations) {
    this.running = running;
    this.environment = environment;
    this.installations = installations;
  }

  static ChildJdk ofThisMachine() {
    return new ChildJdk(
        Path.of(System.getProperty("java.home")),
        Optional.ofNullable(System.getenv("JAVA17_HOME"))
            .filter(home -> !home.isBlank())
            .map(Path::of),
        List.of(
            Path.of("/usr/lib/jvm"),
            Path.of("/Library/Java/JavaVirtualMachines"),
            Path.of(System.getProperty("user.home"), ".sdkman", "candidates", "java")));
  }

  /**
   * The {@code java} command of a Java 17: the configured one, else our own, else JAVA17_HOME, else
   * an installed one.
   *
   * @throws EmbeddedStackException when the configured one does not fit, or none is found
   */
  Path command(Optional<Path> configured) {
    if (configured.isPresent()) {
      Path home = configured.get();
      OptionalInt version = version(home);
      if (version.isEmpty() || version.getAsInt() != WANTED) {
        throw new EmbeddedStackException(
            "Cassandra 5.0 needs a Java 17, but "
                + EmbeddedSettings.JAVA17_HOME
                + " names "
                + home
                + ", which is "
                + (version.isEmpty() ? "no Java home." : "a Java " + version.getAsInt() + "."));
      }
      return java(home);
    }
    for (Path home : candidates()) {
      if (version(home).orElse(0) == WANTED) {
        return java(home);
      }
    }
    throw new EmbeddedStackException(
        "The embedded Cassandra needs a Java 17, and none was found: this program runs on Java "
            + version(running).orElse(Runtime.version().feature())
            + ", and there is no other under JAVA17_HOME or in "
            + installations
            + ". Install a JDK 17 and name its folder in the setting "
            + EmbeddedSettings.JAVA17_HOME
            + " or the variable JAVA17_HOME, or use an external Cassandra (setting cassandra.contact-points).");
  }

  private List<Path> candidates() {
    List<Path> homes = new ArrayList<>();
    homes.add(running);
    environment.ifPresent(homes::add);
    for (Path folder : installations) {
      List<Path> found = new ArrayList<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*17*")) {
        entries.forEach(entry -> found.add(homeIn(entry)));
      } catch (IOException e) {
        continue; // no such folder on this system
      }
      Collections.sort(found);
      homes.addAll(found);
    }
    return homes;
  }

  /** On a Mac the home is two folders down. */
  private static Path homeIn(Path entry) {
    Path inner = entry.resolve("Contents").resolve("Home");
    return Files.isDirectory(inner) ? inner : entry;
  }

  static Path java(Path home) {
    Path windows = home.resolve("bin").resolve("java.exe");
    return Files.exists(windows) ? windows : home.resolve("bin").resolve("java");
  }

  /**
   * The feature version by the home's release file, else by asking the command; empty if this is no
   * Java home.
   */
  private static OptionalInt version(Path home) {
    if (!Files.isExecutable(java(home))) {
      return OptionalInt.empty();
    }
    Properties release = new Properties();
    try (var reader = Files.newBufferedReader(home.resolve("release"))) {
      release.load(reader);
    } catch (IOException e) {
      return askedVersion(home);
    }
    String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
    return version.isEmpty() ? askedVersion(home) : feature(version);
  }

  private static OptionalInt askedVersion(Path home) {
    try {
      Process process =
          new ProcessBuilder(java(home).toString(), "-version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      String first = process.inputReader().readLine();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      String[] parts = first == null ? new String[0] : first.split("\"");
      return parts.length < 2 ? OptionalInt.empty() : feature(parts[1]);
    } catch (IOException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  private static OptionalInt feature(String version) {
    String first = version.split("[^0-9]", 2)[0];
    return first.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(first));
  }
}
