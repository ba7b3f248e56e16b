package chat.parley.devcluster;

import chat.parley.embedded.DataFolder;
import chat.parley.embedded.EmbeddedSettings;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.embedded.FormerChildren;
import chat.parley.embedded.MemoryCheck;
import chat.parley.embedded.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A running cluster: nodes as processes over one embedded stack, all on loopback. All of it ends
 * when this is closed, and within seconds of this process's end, however it ends.
 */
public final class DevCluster implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofMinutes(3);

  private final DevClusterPlan plan;
  private final Progress progress;
  private final DataFolder folder;
  private final FormerChildren former;
  private final List<DevNode> nodes = new CopyOnWriteArrayList<>();
  private final List<Consumer<NodeExit>> watchers = new CopyOnWriteArrayList<>();
  private Optional<DevStores> stores = Optional.empty();
  private Optional<DevProxies> proxies = Optional.empty();
  private volatile boolean ready;
  private boolean closed;

  private DevCluster(DevClusterPlan plan, Progress progress, DataFolder folder) {
    this.plan = plan;
    this.progress = progress;
    this.folder = folder;
    this.former = FormerChildren.keptIn(folder.directory().resolve("nodes.properties"), progress);
  }

  /**
   * Starts the stores, then the nodes, and returns when every one is ready: some 20 to 40 s on two
   * cores. Blocks.
   *
   * @param progress hears the stores', the cluster's and the nodes' lines, a node's after its name
   *     in brackets; from several threads, one at a time
   * @throws DevClusterException when a node does not start
   * @throws EmbeddedStackException when the folder is in use, a port is taken, memory is short or a
   *     store fails; in any case what had been started is stopped again
   */
  public static DevCluster start(DevClusterPlan plan, Progress progress) {
    requireMemory(MemoryCheck.physicalMib(), plan);
    Progress oneAtATime = new OneAtATime(progress);
    DataFolder folder = DataFolder.hold(plan.dataDirectory());
    DevCluster cluster = new DevCluster(plan, oneAtATime, folder);
    try {
      cluster.start();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** A person reads it: lines of several threads must not mix. */
  private record OneAtATime(Progress to) implements Progress {
    @Override
    public synchronized void line(String text) {
      to.line(text);
    }
  }

  static void requireMemory(long physicalMib, DevClusterPlan plan) {
    int stores = MemoryCheck.neededMib(plan.stores());
    int perNode = plan.nodeHeapMib() + DevClusterPlan.BESIDE_HEAP_MIB;
    int needed = stores + plan.roles().size() * perNode;
    if (needed > physicalMib) {
      throw new DevClusterException(
          ("Memory is short: %d nodes of about %d MiB and the stores with %d MiB need %d MiB,"
                  + " and this machine has %d MiB. Start fewer nodes, or set smaller heaps.")
              .formatted(plan.roles().size(), perNode, stores, needed, physicalMib));
    }
  }

  private void start() {
    List<String> names =
        IntStream.rangeClosed(1, plan.roles().size()).mapToObj(n -> "n" + n).toList();
    try {
      former.awaitGone(names);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevClusterException("The start was interrupted", e);
    }
    NodeSpecs specs = new NodeSpecs(plan, folder, names); // before the stores: a port may be taken
    EmbeddedSettings wanted = plan.stores();
    if (plan.proxies()) {
      proxies = Optional.of(specs.proxies(this::cassandraPort, this::nodeAt));
      wanted = withDoors(wanted, proxies.get());
    }
    if (wanted.cassandra().isPresent() || wanted.kafka().isPresent()) {
      stores = Optional.of(new DevStores(EmbeddedStack.start(wanted, progress), progress));
    }
    specs
        .over(stores.map(DevStores::stack), proxies)
        .forEach(spec -> nodes.add(new DevNode(spec, former, said(spec.name()), this::ended)));
    startNodes();
  }

  /** So that Kafka's clients, too, stay on their proxy: a broker tells them where to go on. */
  private static EmbeddedSettings withDoors(EmbeddedSettings stores, DevProxies proxies) {
    return stores.withKafka(stores.kafka().map(kafka -> kafka.withDoors(proxies.doors())));
  }

  private int cassandraPort() {
    return stores().stack().cassandraContactPoint().getPort();
  }

  private String nodeAt(int port) {
    Map<Long, String> names =
        nodes.stream()
            .filter(DevNode::isAlive)
            .collect(Collectors.toMap(DevNode::pid, DevNode::name, (one, same) -> one));
    return Peers.holderOf(port, names).orElse("");
  }

  private Consumer<String> said(String name) {
    return line -> progress.line("[" + name + "] " + line);
  }

  /**
   * The first goes ahead: nodes that begin at once may each begin a cluster of their own, and make
   * the tables twice.
   */
  private void startNodes() {
    StartWatch watch = new StartWatch(progress);
    nodes.get(0).start();
    watch.await(nodes.subList(0, 1), DevNode::hasStarted, READY_WITHIN);
    nodes.subList(1, nodes.size()).forEach(DevNode::start);
    watch.await(nodes, DevNode::isReady, READY_WITHIN);
    ready = true;
  }

  private void ended(NodeExit exit) {
    if (ready) {
      watchers.forEach(watcher -> watcher.accept(exit));
    }
  }

  /** The nodes, {@code n1} first. */
  public List<DevNode> nodes() {
    return List.copyOf(nodes);
  }

  /** One node by its name. */
  public Optional<DevNode> node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  /**
   * The stores.
   *
   * @throws IllegalStateException where both are yours
   */
  public DevStores stores() {
    return stores.orElseThrow(() -> new IllegalStateException("this cluster started no store"));
  }

  /**
   * The proxies.
   *
   * @throws IllegalStateException where the plan wanted none
   */
  public DevProxies proxies() {
    return proxies.orElseThrow(() -> new IllegalStateException("the plan has no proxies"));
  }

  /** The stores, where any was started. */
  public Optional<DevStores> ownStores() {
    return stores;
  }

  /**
   * Calls back, on a thread of the system, when a node ends that was not told to by its handle. It
   * stays down until it is started again.
   */
  public void onUnexpectedExit(Consumer<NodeExit> watcher) {
    watchers.add(watcher);
  }

  /** Waits until every node that runs is ready. */
  public void awaitReady(Duration patience) {
    new StartWatch(progress)
        .await(nodes.stream().filter(DevNode::isAlive).toList(), DevNode::isReady, patience);
  }

  /** Stops the nodes gracefully, all at once, then the stores. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<DevNode> running = nodes.stream().filter(DevNode::isAlive).toList();
    proxies.ifPresent(DevProxies::heal); // a clean stop speaks to the others and to the stores
    running.forEach(DevNode::askToStop);
    running.forEach(DevNode::awaitStopped);
    stores.ifPresent(DevStores::close);
    proxies.ifPresent(DevProxies::close);
    folder.close();
  }
}
