package chat.parley.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to start and where.
 *
 * @param dataDirectory everything the stores write, logs included; made if absent
 * @param cassandra empty when an external Cassandra is used
 * @param kafka empty when an external Kafka is used
 * @param java17Home a JDK or JRE 17 for Cassandra; when empty, one is looked for
 */
public record EmbeddedSettings(
    Path dataDirectory,
    Optional<Cassandra> cassandra,
    Optional<Kafka> kafka,
    Optional<Path> java17Home) {
  /** Setting names as the messages give them. */
  public static final String CASSANDRA_PORT = "embedded.cassandra.port";

  public static final String KAFKA_PORT = "embedded.kafka.port";
  public static final String JAVA17_HOME = "embedded.java17-home";

  public EmbeddedSettings {
    dataDirectory = dataDirectory.toAbsolutePath().normalize();
  }

  /** Both stores with their defaults, on free ports. */
  public static EmbeddedSettings in(Path dataDirectory) {
    return new EmbeddedSettings(
        dataDirectory,
        Optional.of(Cassandra.defaults()),
        Optional.of(Kafka.defaults()),
        Optional.empty());
  }

  /** The same in another folder. */
  public EmbeddedSettings withDataDirectory(Path other) {
    return new EmbeddedSettings(other, cassandra, kafka, java17Home);
  }

  /** The same with another Cassandra, or none. */
  public EmbeddedSettings withCassandra(Optional<Cassandra> other) {
    return new EmbeddedSettings(dataDirectory, other, kafka, java17Home);
  }

  /** The same with another Kafka, or none. */
  public EmbeddedSettings withKafka(Optional<Kafka> other) {
    return new EmbeddedSettings(dataDirectory, cassandra, other, java17Home);
  }

  /** The same with a JDK 17 named. */
  public EmbeddedSettings withJava17Home(Optional<Path> home) {
    return new EmbeddedSettings(dataDirectory, cassandra, kafka, home);
  }

  /**
   * How Cassandra runs.
   *
   * @param port for CQL; 0 takes a free one at the first start and keeps it while it stays free
   * @param heapMib the heap in MiB; the process needs about 400 MiB beside it
   * @param overrides top-level keys of cassandra.yaml and their values as YAML on one line; they
   *     replace ours
   */
  public record Cassandra(int port, int heapMib, Map<String, String> overrides) {
    public Cassandra {
      requirePort(CASSANDRA_PORT, port);
      requireHeap("embedded.cassandra.heap-mib", heapMib, 256);
      overrides = Map.copyOf(overrides);
    }

    /** The same with these overrides. */
    public Cassandra withOverrides(Map<String, String> others) {
      return new Cassandra(port, heapMib, others);
    }

    /** A free port, 512 MiB, no overrides. */
    public static Cassandra defaults() {
      return new Cassandra(0, 512, Map.of());
    }
  }

  /**
   * How Kafka runs.
   *
   * @param port for clients; 0 takes a free one at the first start and keeps it while it stays free
   * @param heapMib the heap in MiB; the process needs about 150 MiB beside it
   * @param doors further ports, each for clients that come through a proxy of their own; the
   *     listener of the first is called {@code DOOR0}
   * @param overrides keys of server.properties and their values; they replace ours
   */
  public record Kafka(int port, int heapMib, List<Door> doors, Map<String, String> overrides) {
    public Kafka {
      doors = List.copyOf(doors);
      overrides = Map.copyOf(overrides);
      requirePort(KAFKA_PORT, port);
      requireHeap("embedded.kafka.heap-mib", heapMib, 128);
    }

    /** Without further doors. */
    public Kafka(int port, int heapMib) {
      this(port, heapMib, List.of(), Map.of());
    }

    /** The same with these doors. */
    public Kafka withDoors(List<Door> others) {
      return new Kafka(port, heapMib, others, overrides);
    }

    /** The same with these overrides. */
    public Kafka withOverrides(Map<String, String> others) {
      return new Kafka(port, heapMib, doors, others);
    }

    /** A free port, 256 MiB. */
    public static Kafka defaults() {
      return new Kafka(0, 256);
    }
  }

  /**
   * A broker tells its clients where to connect; through this door it tells them a proxy's address.
   *
   * @param port that the broker listens on
   * @param advertisedPort that clients which came by it are told
   */
  public record Door(int port, int advertisedPort) {}

  private static void requirePort(String setting, int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          setting + " must be 0 (choose a free one) to 65535, not " + port);
    }
  }

  private static void requireHeap(String setting, int mebibytes, int least) {
    if (mebibytes < least) {
      throw new IllegalArgumentException(
          setting + " must be at least " + least + ", not " + mebibytes);
    }
  }
}
