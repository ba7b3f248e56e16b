package chat.parley.torture.scenario;

import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevClusterException;
import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.DevProxies;
import chat.parley.devcluster.DevStores;
import chat.parley.devcluster.NodeExit;
import chat.parley.devcluster.NodeMeters;
import chat.parley.embedded.Store;
import chat.parley.torture.history.History;
import chat.parley.torture.load.BurstCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What a scenario does its harm to. Blocks; for the run's own thread. */
final class Stage {
  private static final Duration START_WITHIN = Duration.ofMinutes(3);
  private static final Duration WHOLE_WITHIN = Duration.ofMinutes(2);
  private static final long LOOK_MS = 200;
  private static final int TRIES = 3;

  /** It is some six seconds, and a multiple of that on a busy machine. */
  private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(60);

  /** What a process says that signal 9 has ended. */
  private static final int KILLED = 137;

  private static final Duration WRITE_ON = Duration.ofMillis(1_500);

  private final DevCluster cluster;
  private final History history;
  private final Random random;
  private final Crowd crowd;
  private final Optional<SmallDisk> disk;

  /** The people of the run, as far as a scenario tells them what to do. */
  interface Crowd {
    /** Lets them begin to speak, or fall silent. */
    void talk(boolean on);

    /** One group talks as fast as it can while its members are removed and brought back. */
    void beginBurst();

    /** The end of that, and what it came to. */
    BurstCount endBurst() throws InterruptedException;

    /** Brings more devices of everybody to the gateway with this number; how many these are. */
    int gather(int gateway, int each) throws InterruptedException;

    /** How many of them have no connection now. */
    int guestsOutside() throws InterruptedException;
  }

  /**
   * A stage.
   *
   * @param disk under Cassandra's commit log
   */
  Stage(DevCluster cluster, History history, Random random, Crowd crowd, Optional<SmallDisk> disk) {
    this.cluster = cluster;
    this.history = history;
    this.random = random;
    this.crowd = crowd;
    this.disk = disk;
  }

  /** Nobody says anything new until {@link #speak}, or until the end. */
  void hush() {
    crowd.talk(false);
  }

  /** People talk, as they do without being told. */
  void speak() {
    crowd.talk(true);
  }

  /** One group talks as fast as it can while its members are removed and brought back. */
  BurstCount burst(Duration time) throws InterruptedException {
    crowd.beginBurst();
    hold(time);
    return crowd.endBurst();
  }

  /**
   * Brings so many more devices of everybody to this gateway, and waits until it has let them in.
   *
   * @return how many these are
   */
  int gather(DevNode gateway, int each) throws InterruptedException {
    List<DevNode> gateways = nodes().stream().filter(DevNode::isGateway).toList();
    int guests = crowd.gather(gateways.indexOf(gateway), each);
    msUntilAllGuestsAreIn();
    return guests;
  }

  /**
   * Time passes until every guest is connected.
   *
   * @return how long that took, in milliseconds
   * @throws TortureException where it takes minutes
   */
  long msUntilAllGuestsAreIn() throws InterruptedException {
    long begun = System.nanoTime();
    int outside = crowd.guestsOutside();
    while (outside > 0) {
      long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      if (ms > WHOLE_WITHIN.toMillis()) {
        throw new TortureException(outside + " devices were not let in for " + ms + " ms");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      outside = crowd.guestsOutside();
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  List<DevNode> nodes() {
    return cluster.nodes();
  }

  DevStores stores() {
    return cluster.stores();
  }

  /** The disk under Cassandra's commit log. */
  SmallDisk disk() {
    return disk.orElseThrow(() -> new TortureException("there is no small disk"));
  }

  DevProxies proxies() {
    return cluster.proxies();
  }

  Injection begin(String target, String what) {
    return Injection.begin(history, target, what);
  }

  /** The same of a fault after which nodes may find themselves cut off from each other. */
  Injection beginParting(String target, String what) {
    return Injection.begin(history, target, what, Injection.Ending.OF_PARTED_NODES);
  }

  /** The same of a fault by which the target itself is to end. */
  Injection beginEnding(String target, String what) {
    return Injection.begin(history, target, what, Injection.Ending.OF_TARGET);
  }

  /** The node that owns most conversations; any of the owners where none tells. */
  DevNode owner() {
    List<DevNode> owners = withRole("ingest");
    Collections.shuffle(owners, random);
    return owners.stream()
        .max(Comparator.comparingLong(node -> NodeMeters.of(node).sum("parley_log_conversations")))
        .orElseThrow();
  }

  /** Any node that does this. */
  DevNode any(String role) {
    List<DevNode> some = withRole(role);
    return some.get(random.nextInt(some.size()));
  }

  /** All nodes, in a random order. */
  List<DevNode> shuffled() {
    List<DevNode> nodes = new ArrayList<>(nodes());
    Collections.shuffle(nodes, random);
    return nodes;
  }

  private List<DevNode> withRole(String role) {
    List<DevNode> some = new ArrayList<>(nodes());
    some.removeIf(node -> !does(node, role));
    return some;
  }

  private static boolean does(DevNode node, String role) {
    return node.roles().isEmpty() || List.of(node.roles().split(",")).contains(role);
  }

  /** Whether it owns conversations. */
  static boolean isOwner(DevNode node) {
    return does(node, "ingest");
  }

  /** Time passes. */
  void hold(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  /** Time passes until something is so, at most this long. */
  boolean holdUntil(BooleanSupplier condition, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    return true;
  }

  /**
   * Time passes until others own all that this node owned, which is down or frozen, and have
   * written for a while.
   *
   * @throws TortureException where nobody takes it over: what the fault was for has not happened
   */
  void holdUntilTakenOver(DevNode gone) throws InterruptedException {
    if (!holdUntilTakenOver(gone, TAKEN_OVER_WITHIN)) {
      throw new TortureException(
          gone.name()
              + " is gone, and nobody has taken its conversations over within "
              + TAKEN_OVER_WITHIN.toSeconds()
              + " s");
    }
    hold(WRITE_ON);
  }

  /**
   * Time passes until others own all that this node owned, at most this long.
   *
   * @return whether they do, or there are none that could
   */
  boolean holdUntilTakenOver(DevNode from, Duration atMost) throws InterruptedException {
    List<DevNode> others = withRole("ingest");
    others.removeIf(node -> node == from || !node.isAlive() || node.isPaused());
    return others.isEmpty() || holdUntil(() -> Wholeness.isAllOwnedBy(others), atMost);
  }

  /**
   * Waits until nothing of what was done to the cluster is left.
   *
   * @throws TortureException where that takes too long
   */
  void awaitWhole() throws InterruptedException {
    if (!holdUntil(() -> Wholeness.lacking(nodes()).isEmpty(), WHOLE_WITHIN)) {
      throw new TortureException(
          "the cluster is not whole after "
              + WHOLE_WITHIN.toSeconds()
              + " s: "
              + String.join(", ", Wholeness.lacking(nodes())));
    }
  }

  /** SIGKILL, and what shows it. */
  void kill(DevNode node, Injection injection) {
    if (kill9(node)) {
      injection.seen(node.name() + " ended, code " + KILLED);
    }
  }

  /**
   * SIGKILL.
   *
   * @return whether that has ended it: it was there until then, and no other end came before
   */
  boolean kill9(DevNode node) {
    boolean wasAlive = node.isAlive();
    node.kill9();
    return isKilled(wasAlive, node.exit());
  }

  /** The same of a store. */
  boolean kill9(Store store) {
    boolean wasAlive = stores().isAlive(store);
    stores().kill9(store);
    return wasAlive && !stores().isAlive(store);
  }

  static boolean isKilled(boolean wasAlive, Optional<NodeExit> exit) {
    return wasAlive && exit.filter(end -> end.code() == KILLED).isPresent();
  }

  /** Starts a node that is down, and waits until it takes work. */
  void start(DevNode node) {
    node.start();
    node.awaitReady(START_WITHIN);
  }

  /**
   * Starts all that is down. The first goes ahead: nodes that begin at once may each begin a
   * cluster of their own.
   */
  void startNodes() {
    for (DevNode node : nodes()) {
      boolean alone = nodes().stream().noneMatch(DevNode::isAlive);
      node.start();
      if (alone) {
        awaitStarted(node);
      }
    }
    cluster.awaitReady(START_WITHIN);
  }

  private void awaitStarted(DevNode node) {
    try {
      holdUntil(() -> node.hasStarted() || !node.isAlive(), START_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Everything runs again and nothing is broken. A node that has just found itself cut off may end
   * while it is waited for: then once more.
   *
   * @throws DevClusterException where the cluster does not come back
   */
  void restore() {
    for (int left = TRIES; ; left--) {
      try {
        restoreOnce();
        return;
      } catch (DevClusterException endedWhileStarting) {
        if (left == 1) {
          throw endedWhileStarting;
        }
      }
    }
  }

  private void restoreOnce() {
    heal();
    startNodes();
  }

  /**
   * Nothing is broken any more, and the nodes that are down are on their way: they join while
   * people talk, come to rest and are read from.
   */
  void mend() {
    heal();
    if (nodes().stream().anyMatch(DevNode::isAlive)) {
      nodes().forEach(DevNode::start);
    } else {
      startNodes();
    }
  }

  private void heal() {
    proxies().heal();
    disk.ifPresent(SmallDisk::free);
    stores().own().forEach(stores()::resume);
    stores().own().forEach(stores()::start);
    nodes().stream().filter(DevNode::isPaused).forEach(DevNode::resume);
  }
}
