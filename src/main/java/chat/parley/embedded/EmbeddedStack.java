package chat.parley.embedded;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A running Cassandra and Kafka, reachable on loopback only. They end when this is closed, and
 * within seconds of this process's end, however it ends.
 */
public final class EmbeddedStack implements AutoCloseable {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  /** Archives are made after that, when the server's own start is over. */
  private static final Duration QUIET_TIME = Duration.ofSeconds(30);

  private final DataFolder folder;
  private final FormerChildren former;
  private final Map<String, Child> children = new LinkedHashMap<>();
  private final List<Consumer<ChildExit>> watchers = new ArrayList<>();
  private Optional<ArchiveMaker> archives = Optional.empty();
  private boolean closed;

  private EmbeddedStack(DataFolder folder, FormerChildren former) {
    this.folder = folder;
    this.former = former;
  }

  /**
   * Starts what is wanted, side by side, and returns when each store accepts connections: some 5 to
   * 15 s. Blocks, so never call it on an event loop.
   *
   * @throws EmbeddedStackException when the folder is in use, a port is taken, memory is short, no
   *     fitting Java is found, or a store fails; what had been started is stopped again
   */
  public static EmbeddedStack start(EmbeddedSettings settings, Progress progress) {
    MemoryCheck.require(MemoryCheck.physicalMib(), settings);
    DataFolder folder = DataFolder.hold(settings.dataDirectory());
    FormerChildren former =
        new FormerChildren(
            new RememberedValues(folder.embedded().resolve("children.properties")), progress);
    EmbeddedStack stack = new EmbeddedStack(folder, former);
    try {
      former.awaitGone(List.of(CassandraServer.NAME, KafkaServer.NAME));
      List<ChildSpec> specs = prepare(settings, folder);
      StackStart start = new StackStart(progress);
      specs.forEach(spec -> stack.launch(spec, Map.of()));
      start.awaitReady(List.copyOf(stack.children.values()));
      stack.archives = Optional.of(ArchiveMaker.begin(specs, QUIET_TIME));
      return stack;
    } catch (InterruptedException e) {
      stack.close();
      Thread.currentThread().interrupt();
      throw new EmbeddedStackException("The start was interrupted", e);
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  private static List<ChildSpec> prepare(EmbeddedSettings settings, DataFolder folder) {
    RememberedValues remembered =
        new RememberedValues(folder.embedded().resolve("stack.properties"));
    Ports ports = new Ports(remembered, new SecureRandom());
    StackLayout layout = StackLayout.ofThisProgram();
    List<ChildSpec> specs = new ArrayList<>();
    if (settings.cassandra().isPresent()) {
      specs.add(CassandraServer.prepare(settings, folder, ports, layout));
    }
    if (settings.kafka().isPresent()) {
      specs.add(KafkaServer.prepare(settings, folder, ports, layout, remembered));
    }
    return specs;
  }

  private void launch(ChildSpec spec, Map<String, String> moreEnvironment) {
    Child child = Child.start(spec, moreEnvironment);
    children.put(spec.name(), child);
    former.record(spec.name(), child.handle());
    watchers.forEach(watcher -> child.unexpectedExit().thenAccept(watcher));
  }

  /** Ends a store with SIGKILL and returns when it is gone. It counts as asked for. */
  public synchronized void kill(Store store) {
    Child child = child(store.storeName());
    child.kill();
    awaitEnd(child);
  }

  /** Stops a store cleanly, by force after 20 s, and returns when it is gone. */
  public synchronized void stop(Store store) {
    Child child = child(store.storeName());
    child.letGo();
    awaitEnd(child);
  }

  private void awaitEnd(Child child) {
    try {
      child.awaitEnd(STOP_PATIENCE);
      former.forget(child.spec().name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedStackException("The stop was interrupted", e);
    }
  }

  /**
   * Starts a store again that has ended, on the same port and data, and returns when it accepts
   * connections. Does nothing to one that runs.
   *
   * @param moreEnvironment variables of its process beside our own
   * @throws EmbeddedStackException when it fails; it is then not running
   */
  public synchronized void restart(
      Store store, Map<String, String> moreEnvironment, Progress progress) {
    if (closed) {
      throw new EmbeddedStackException("The stores are being stopped");
    }
    ChildSpec spec = child(store.storeName()).spec();
    if (child(store.storeName()).isAlive()) {
      return;
    }
    launch(spec, moreEnvironment);
    try {
      new StackStart(progress).awaitReady(List.of(child(store.storeName())));
    } catch (InterruptedException e) {
      child(store.storeName()).kill();
      Thread.currentThread().interrupt();
      throw new EmbeddedStackException("The start was interrupted", e);
    } catch (RuntimeException e) {
      child(store.storeName()).kill();
      throw e;
    }
  }

  /**
   * Where CQL clients connect.
   *
   * @throws IllegalStateException when no embedded Cassandra was asked for
   */
  public InetSocketAddress cassandraContactPoint() {
    return new InetSocketAddress("127.0.0.1", child(CassandraServer.NAME).spec().port());
  }

  /** The data centre that CQL clients must name. */
  public String localDatacenter() {
    return CassandraServer.DATA_CENTER;
  }

  /**
   * Kafka's bootstrap servers, {@code host:port}.
   *
   * @throws IllegalStateException when no embedded Kafka was asked for
   */
  public String kafkaBootstrap() {
    return child(KafkaServer.NAME).spec().address();
  }

  /** Process ids by store name ({@code Cassandra}, {@code Kafka}). */
  public Map<String, Long> pids() {
    return children.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey, child -> child.getValue().handle().pid()));
  }

  /**
   * Calls back, once a store and on a thread of the system, when one ends that was not asked to; at
   * once if it already has. It is not started again: what it last acked and why it died is for the
   * operator to see.
   */
  public synchronized void onUnexpectedExit(Consumer<ChildExit> callback) {
    watchers.add(callback);
    children.values().forEach(child -> child.unexpectedExit().thenAccept(callback));
  }

  /**
   * Stops both stores cleanly within about 25 s and lets go of the data folder. Blocks. A second
   * call does nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    archives.ifPresent(ArchiveMaker::close);
    long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
    children.values().forEach(Child::letGo);
    boolean interrupted = Thread.interrupted(); // else no child would get its time
    for (Map.Entry<String, Child> child : children.entrySet()) {
      try {
        child.getValue().awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        former.forget(child.getKey());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    folder.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Child child(String name) {
    Child child = children.get(name);
    if (child == null) {
      throw new IllegalStateException("No embedded " + name + " was asked for");
    }
    return child;
  }
}
