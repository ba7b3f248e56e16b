package chat.parley.testing;

import chat.parley.embedded.EmbeddedStack;
import chat.parley.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A server in a process of its own, as a user runs it: to be killed, stopped and started again on
 * the same port and data. It runs what lies in {@code target}, not this JVM's classes.
 */
public final class ParleyServer implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofMinutes(3);
  private static final long STOP_SECONDS = 60;
  private static final Ports PORTS =
      Ports.keptIn(Path.of("target", "ports-" + UUID.randomUUID() + ".properties"));

  /** Of hundreds of people none has a secret. */
  private static final Map<String, String> CHEAP_PASSWORDS =
      Map.of("auth.password-memory-kib", "64", "auth.password-passes", "1");

  private static final Pattern OPEN = Pattern.compile("open http://localhost:(\\d+)");

  private final Path data;
  private final Map<String, String> settings;
  private final Thread atEnd = new Thread(this::killIfAlive, "server-end");
  private ServerProcess process;

  /** 0, any free one, until it has said which; only a gateway says. */
  private int port;

  private ParleyServer(Path data, Map<String, String> settings) {
    this.data = data;
    this.settings = Map.copyOf(settings);
    this.port = Integer.parseInt(settings.getOrDefault("http.port", "0"));
    Runtime.getRuntime().addShutdownHook(atEnd);
  }

  /** A server with a Cassandra and a Kafka of its own, started by itself; ready on return. */
  public static ParleyServer embedded() {
    return start(Map.of());
  }

  /** A server on the shared stack, with a keyspace and topics of its own; ready on return. */
  public static ParleyServer onSharedStack() {
    return onSharedStack(Map.of());
  }

  /** The same with some settings altered. */
  public static ParleyServer onSharedStack(Map<String, String> altered) {
    Map<String, String> settings = new HashMap<>(sharedStack());
    settings.putAll(altered);
    return start(settings);
  }

  /**
   * Two nodes of one cluster on the shared stack: the first does everything, the second what its
   * roles say. Ready on return.
   */
  public static List<ParleyServer> pairOnSharedStack(
      String secondsRoles, Map<String, String> altered) {
    Map<String, String> settings = new HashMap<>(sharedStack());
    settings.putAll(altered);
    settings.put("cluster.name", "test-" + UUID.randomUUID());
    settings.put("cluster.port-count", "1");
    List<String> ports = List.of(String.valueOf(freePort()), String.valueOf(freePort()));
    settings.put("cluster.members", "127.0.0.1:" + String.join(",127.0.0.1:", ports));
    settings.put("cluster.port", ports.get(0));
    ParleyServer first = start(settings);
    settings.put("cluster.port", ports.get(1));
    settings.put("roles", secondsRoles);
    return List.of(first, start(settings));
  }

  private static Map<String, String> sharedStack() {
    EmbeddedStack stack = SharedStack.get();
    String own = UUID.randomUUID().toString().substring(0, 8);
    try {
      Path key = Files.createTempFile(Path.of("target"), "signing-", ".key");
      key.toFile().deleteOnExit();
      Files.writeString(key, SigningSecret.HEX);
      return Map.of(
          "inbox.group",
          "inbox-" + own,
          "cassandra.contact-points",
          "127.0.0.1:" + stack.cassandraContactPoint().getPort(),
          "cassandra.keyspace",
          "parley_" + own,
          "kafka.bootstrap-servers",
          stack.kafkaBootstrap(),
          "kafka.changes-topic",
          "changes-" + own,
          "kafka.dead-letters-topic",
          "dead-letters-" + own,
          "fanout.group",
          "fanout-" + own,
          "auth.signing-key-file",
          key.toString(),
          // A busy machine keeps a store silent for longer than an operator would bear.
          "cassandra.request-timeout-ms",
          "10000",
          "cassandra.silent-ms",
          "10000");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ParleyServer start(Map<String, String> given) {
    try {
      Map<String, String> settings = new HashMap<>(given);
      settings.putIfAbsent("cluster.port", "0");
      settings.putIfAbsent("cluster.name", "test-" + UUID.randomUUID());
      Path data = Files.createTempDirectory(Path.of("target"), "server-");
      ParleyServer server = new ParleyServer(data, settings);
      server.restart();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JVM options without which Hazelcast complains: those this JVM was given. */
  static String[] jvmOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-"))
        .toArray(String[]::new);
  }

  /**
   * A loopback port that nobody listens on now, and none that systems take for outgoing
   * connections: one of these may be taken again by any of them before its server is there.
   */
  public static synchronized int freePort() {
    return PORTS.chosen(UUID.randomUUID().toString());
  }

  /** The server's root, without a slash at the end. */
  public String httpUrl() {
    return "http://127.0.0.1:" + port;
  }

  /** The server's root. */
  public URI uri() {
    return URI.create(httpUrl());
  }

  /** The port browsers connect to. */
  public int port() {
    return port;
  }

  /** Ends the process with SIGKILL and returns when it is gone. */
  public void kill() {
    process.kill();
  }

  /** Ends the process and the stores that it started at once, as a power cut would. */
  public void killWithStores() {
    process.killWithChildren();
  }

  /** What one of the stores that it started has logged so far, in all of its runs. */
  public String storeLog(String store) {
    try {
      return Files.readString(data.resolve("data").resolve("logs").resolve(store + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the process where it is (SIGSTOP), as a long pause of its machine would. */
  public void freeze() {
    process.freeze();
  }

  /** Lets it go on where it was frozen. */
  public void thaw() {
    process.thaw();
  }

  /**
   * Asks the process to end, as an operator does, and waits until it has.
   *
   * @return the exit code
   */
  public int stop() {
    int code = process.terminate(STOP_SECONDS);
    if (process.output().contains("did not stop in time")) {
      throw new AssertionError("the server gave up on its own stop, see " + data);
    }
    return code;
  }

  /** Starts it (again) on the same port and data; returns when it is ready. */
  public void restart() {
    Map<String, String> all = new HashMap<>(CHEAP_PASSWORDS);
    all.putAll(settings);
    all.put("http.port", Integer.toString(port));
    all.put("data-dir", data.resolve("data").toString());
    process = ServerProcess.serve(all, data.resolve("server.log"));
    Awaitility.await("the server, see " + data.resolve("server.log"))
        .atMost(READY_WITHIN)
        .pollInterval(Duration.ofMillis(200))
        .until(this::ready);
  }

  private boolean ready() throws InterruptedException {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the server ended with " + process.exitValue() + ":\n" + process.output());
    }
    if (port == 0) {
      port = portThatItNames();
    }
    try {
      return port > 0 && get("/readyz").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private int portThatItNames() {
    Matcher named = OPEN.matcher(process.output());
    return named.find() ? Integer.parseInt(named.group(1)) : 0;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(httpUrl() + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    return Documented.send(request);
  }

  /** The bytes of what is alive in its heap; costs a full collection. */
  public long liveHeapBytes() {
    return process.liveHeapBytes();
  }

  /** All counters as they are now. */
  public Metrics metrics() {
    try {
      return Metrics.parse(get("/metrics").body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** All that the server has said so far, over all its starts. */
  public String output() {
    return process.output();
  }

  /** Stops what runs and removes the data; the log stays where the server did not stop cleanly. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atEnd);
    if (process.isAlive() && stop() != 0) {
      throw new AssertionError("the server did not stop cleanly, see " + data);
    }
    // Stores that lost their parent to a kill are still on their way out.
    Awaitility.await("the data folder to be let go")
        .atMost(STOP_SECONDS, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(
            () -> {
              SharedStack.wipe(data);
              return true;
            });
  }

  private void killIfAlive() {
    if (process != null && process.isAlive()) {
      process.kill();
    }
  }
}
