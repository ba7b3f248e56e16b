package chat.parley.perf;

import chat.parley.client.Ack;
import chat.parley.client.ChatClient;
import chat.parley.client.ClientGroup;
import chat.parley.client.Observer;
import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevClusterPlan;
import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.FaultProxy;
import chat.parley.devcluster.NodeMeters;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long people wait when a node goes: three nodes of its own, people on the first, who send in
 * turns in many conversations; the third node is killed and stopped, again and again. A wait is the
 * longest from any send to its ack while that happens. Then a fourth, which is a gateway and
 * nothing else, is killed under its people, who find another behind the same address: from their
 * welcome there until they have all they missed. Prints a Markdown table; exit 1 where a send
 * failed for good.
 */
@Command(name = "takeovers", mixinStandardHelpOptions = true, sortOptions = false)
final class Takeovers implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int STEP_MS = 50;

  @Option(
      names = "--times",
      description = "how often an owner is killed, and stopped; 0: not at all (${DEFAULT-VALUE})")
  private int times = 10;

  @Option(
      names = "--gateway-times",
      description = "how often the gateway is killed; 0: not at all (${DEFAULT-VALUE})")
  private int gatewayTimes = 10;

  @Option(names = "--pairs", description = "conversations, each of two users (${DEFAULT-VALUE})")
  private int pairs = 24;

  @Option(names = "--data-dir", description = "of the cluster; anew each time (${DEFAULT-VALUE})")
  private Path dataDir = Path.of("target/takeovers");

  private final AtomicInteger failed = new AtomicInteger();
  private final List<Turns> turns = new ArrayList<>();
  private Vertx vertx;

  /** Runs the measurement; {@code --help} tells the options. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Takeovers()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    vertx = Vertx.vertx();
    DevClusterPlan plan = DevClusterPlan.of(dataDir, 4).withRoles(3, "gateway");
    try (DevCluster cluster = DevCluster.start(plan, Takeovers::say)) {
      ClientGroup group = ClientGroup.open(vertx, cluster.nodes().get(0).uri());
      for (Pair pair :
          new Pairs(vertx, group, runId(), user -> Observer.NONE)
              .open(pairs)
              .await(10, TimeUnit.MINUTES)) {
        turns.add(new Turns(pair));
      }
      turns.forEach(Turns::send);
      DevNode third = cluster.nodes().get(2);
      List<Long> killed = new ArrayList<>();
      List<Long> joined = new ArrayList<>();
      List<Long> stopped = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        killed.add(longestWait(third::kill9));
        joined.add(longestWait(() -> bringBack(third)));
        stopped.add(longestWait(third::stop));
        joined.add(longestWait(() -> bringBack(third)));
      }
      turns.forEach(each -> each.over = true);
      List<Long> synced = gatewayKills(cluster);
      System.out.println("| ms | n | median | longest | all |\n|---|---|---|---|---|");
      row("a node with a third of the shards is killed: longest wait for an ack", killed);
      row("it is stopped in peace: longest wait for an ack", stopped);
      row("it comes back: longest wait for an ack", joined);
      row("a gateway is killed: from the welcome elsewhere to having all", synced);
      say("sends that failed for good: " + failed.get());
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
    return failed.get() == 0 ? 0 : 1;
  }

  private static String runId() {
    return Long.toString(System.currentTimeMillis() % 1_000_000_000L, Character.MAX_RADIX);
  }

  /** Does it while people send, and waits until every conversation goes again. */
  private long longestWait(Runnable step) throws InterruptedException {
    turns.forEach(each -> each.longest.set(0));
    step.run();
    List<Integer> goals = turns.stream().map(each -> each.acked.get() + 3).toList();
    long until = System.nanoTime() + PATIENCE.toNanos();
    for (int i = 0; i < turns.size(); i++) {
      while (turns.get(i).acked.get() < goals.get(i)) {
        if (System.nanoTime() > until) {
          throw new IllegalStateException("a conversation did not go on within " + PATIENCE);
        }
        Thread.sleep(STEP_MS);
      }
    }
    long wait = turns.stream().mapToLong(each -> each.longest.get()).max().orElseThrow();
    say("longest wait " + TimeUnit.NANOSECONDS.toMillis(wait) + " ms");
    return wait;
  }

  /** Back is a node that again owns conversations. */
  private static void bringBack(DevNode node) {
    node.start();
    node.awaitReady(PATIENCE);
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (NodeMeters.of(node).sum("parley_log_conversations") == 0) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(node.name() + " was given nothing within " + PATIENCE);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(STEP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** People behind an address that leads to the gateway, and to the second node when it is gone. */
  private List<Long> gatewayKills(DevCluster cluster) throws Exception {
    DevNode second = cluster.nodes().get(1);
    DevNode gateway = cluster.nodes().get(3);
    List<Long> synced = new ArrayList<>();
    try (FaultProxy address =
        FaultProxy.listen(
            0, () -> (gateway.isAlive() ? gateway : second).uri().getPort(), port -> "")) {
      ClientGroup behind =
          ClientGroup.open(vertx, URI.create("http://127.0.0.1:" + address.port()));
      Welcome welcome = new Welcome();
      Pair pair =
          new Pairs(vertx, behind, runId() + "g", user -> welcome)
              .open(1)
              .await(1, TimeUnit.MINUTES)
              .get(0);
      for (int i = 0; i < gatewayTimes; i++) {
        welcome.at = 0;
        gateway.kill9();
        Ack ack = pair.first().send(pair.conversationId(), "while you were away").await();
        pair.second().reached(pair.conversationId(), ack.changeSeq()).await();
        synced.add(System.nanoTime() - welcome.at);
        say("had all after " + TimeUnit.NANOSECONDS.toMillis(synced.get(i)) + " ms");
        gateway.start();
        gateway.awaitReady(PATIENCE);
        pair.first().dropConnection().await();
        pair.second().dropConnection().await();
        Thread.sleep(2_000); // so that both are there again
      }
    }
    return synced;
  }

  private static void row(String what, List<Long> nanos) {
    if (nanos.isEmpty()) {
      return;
    }
    List<Long> sorted = nanos.stream().sorted().map(TimeUnit.NANOSECONDS::toMillis).toList();
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %d | %d | %s |%n",
        what,
        sorted.size(),
        sorted.get(sorted.size() / 2),
        sorted.get(sorted.size() - 1),
        String.join(" ", sorted.stream().map(String::valueOf).toList()));
  }

  private static void say(String line) {
    System.err.println(line);
  }

  /** The last welcome of any of the people. */
  private static final class Welcome implements Observer {
    private volatile long at;

    @Override
    public void connected(int connection) {
      at = System.nanoTime();
    }
  }

  /** A conversation in which the next message goes out when the last was acked. */
  private final class Turns {
    private final Pair pair;
    private final AtomicLong longest = new AtomicLong();
    private final AtomicInteger acked = new AtomicInteger();
    private volatile boolean over;
    private int turn;

    Turns(Pair pair) {
      this.pair = pair;
    }

    void send() {
      long begun = System.nanoTime();
      ChatClient speaker = pair.speaker(turn++);
      speaker
          .send(pair.conversationId(), "turn " + turn)
          .onFailure(refused -> failed.incrementAndGet())
          .onComplete(
              done -> {
                longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                acked.incrementAndGet();
                if (!over) {
                  vertx.setTimer(STEP_MS, due -> send());
                }
              });
    }
  }
}
