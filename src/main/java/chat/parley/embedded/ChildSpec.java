package chat.parley.embedded;

import java.nio.file.Path;
import java.util.List;

/**
 * All that is needed to start a store.
 *
 * @param name as people read it: {@code Cassandra}
 * @param java the command
 * @param directory where its settings and data lie, and where it runs
 * @param options of the JVM
 * @param classPath jars, in order
 * @param mainClass one of ours
 * @param arguments of the main class
 * @param port on loopback that accepts when the store is ready
 * @param log the file that its logging writes
 * @param output the file for what it prints
 * @param archive of its class path, there or still to be made
 */
record ChildSpec(
    String name,
    Path java,
    Path directory,
    List<String> options,
    List<Path> classPath,
    String mainClass,
    List<String> arguments,
    int port,
    Path log,
    Path output,
    ClassArchive archive) {
  ChildSpec {
    options = List.copyOf(options);
    classPath = List.copyOf(classPath);
    arguments = List.copyOf(arguments);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** Where a start without an archive lists its classes. */
  Path classList() {
    return directory.resolve("classes.list");
  }
}
