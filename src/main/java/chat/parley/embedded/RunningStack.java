package chat.parley.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The stores that a running server has started on a data folder, as another process finds them:
 * nothing is started, locked or written here.
 */
public final class RunningStack {
  private final EmbeddedSettings settings;
  private final RememberedValues remembered;

  private RunningStack(EmbeddedSettings settings, RememberedValues remembered) {
    this.settings = settings;
    this.remembered = remembered;
  }

  /**
   * Finds the stores of the server that holds the folder.
   *
   * @throws EmbeddedStackException when there is no such folder, no server runs on it, or it cannot
   *     be read
   */
  public static RunningStack on(EmbeddedSettings settings) {
    Path folder = settings.dataDirectory();
    Path file = folder.resolve("embedded").resolve("stack.properties");
    if (!Files.exists(file)) {
      throw new EmbeddedStackException(
          "There are no embedded stores in " + folder + ": no server has ever run there");
    }
    if (holder(folder).isEmpty()) {
      throw new EmbeddedStackException("No server runs on the data folder " + folder);
    }
    try {
      return new RunningStack(settings, new RememberedValues(file));
    } catch (UncheckedIOException unreadable) {
      throw new EmbeddedStackException(
          unreadable.getMessage() + ": " + unreadable.getCause(), unreadable);
    }
  }

  /** The process that holds the folder; its id stays in the file when the process is gone. */
  private static Optional<ProcessHandle> holder(Path folder) {
    try {
      String pid = Files.readString(folder.resolve("parley.lock")).strip();
      return pid.matches("\\d{1,18}")
          ? ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive)
          : Optional.empty();
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** Where CQL clients connect, {@code host:port}. */
  public String cassandraContactPoint() {
    return at(
        EmbeddedSettings.CASSANDRA_PORT,
        settings.cassandra().map(EmbeddedSettings.Cassandra::port).orElse(0));
  }

  /** Kafka's bootstrap servers, {@code host:port}. */
  public String kafkaBootstrap() {
    return at(
        EmbeddedSettings.KAFKA_PORT, settings.kafka().map(EmbeddedSettings.Kafka::port).orElse(0));
  }

  private String at(String name, int configured) {
    if (configured != 0) {
      return "127.0.0.1:" + configured;
    }
    return remembered
        .number(name)
        .map(port -> "127.0.0.1:" + port)
        .orElseThrow(
            () ->
                new EmbeddedStackException(
                    "The server on "
                        + settings.dataDirectory()
                        + " was started with another "
                        + name
                        + ": give the same settings as to serve"));
  }
}
