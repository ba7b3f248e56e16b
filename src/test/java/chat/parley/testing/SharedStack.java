package chat.parley.testing;

import chat.parley.cassandra.CassandraSettings;
import chat.parley.embedded.EmbeddedSettings;
import chat.parley.embedded.EmbeddedStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One embedded Cassandra and Kafka for all integration tests of a JVM: started by the first that
 * asks, stopped and wiped at the JVM's end. Tests keep apart by keyspaces, topics and group ids of
 * their own.
 */
public final class SharedStack {
  private static EmbeddedStack stack;

  private SharedStack() {}

  /** The running stack; the first call takes some 5 to 15 s. */
  public static synchronized EmbeddedStack get() {
    if (stack == null) {
      Path data = Path.of("target", "shared-stack-" + ProcessHandle.current().pid());
      EmbeddedStack started = EmbeddedStack.start(EmbeddedSettings.in(data), System.out::println);
      started.onUnexpectedExit(exit -> System.err.println(exit.message()));
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> end(started, data), "shared-stack-end"));
      stack = started;
    }
    return stack;
  }

  /** Settings for a keyspace of its Cassandra, patient with a busy machine. */
  public static CassandraSettings cassandra(String keyspace) {
    InetSocketAddress at = get().cassandraContactPoint();
    return settings(at.getHostString() + ":" + at.getPort(), get().localDatacenter(), keyspace);
  }

  /** The same for a process that did not start the stack. */
  public static CassandraSettings settings(
      String contactPoint, String datacenter, String keyspace) {
    return new CassandraSettings(
        List.of(contactPoint),
        datacenter,
        keyspace,
        1,
        null,
        null,
        Optional.empty(),
        128,
        4_096,
        10_000,
        10_000);
  }

  private static void end(EmbeddedStack started, Path data) {
    started.close();
    wipe(data);
  }

  /** Removes a folder with all that is in it. */
  public static void wipe(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
