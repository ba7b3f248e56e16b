package chat.parley.torture.scenario;

import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.Fault;
import chat.parley.devcluster.FaultProxy;
import chat.parley.devcluster.NodeMeters;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Owners that stop between two given steps of a change. Nothing in them is altered for it: a proxy
 * holds back what the step waits for, under load until many conversations stand there, and then the
 * process is frozen or killed.
 */
final class StepFaults {
  /** For tens of changes to come to the step. */
  private static final Duration GATHER = Duration.ofMillis(600);

  /** For what is under way to be over, and every consumer to wait for what comes next. */
  private static final Duration QUIET = Duration.ofSeconds(4);

  /** For sends to be acked and published, or a batch of the stream to be taken up. */
  private static final Duration SAID = Duration.ofMillis(1_200);

  /** For conversations to have something in them. */
  private static final Duration SPEAKING = Duration.ofSeconds(3);

  private static final Duration SETTLED_IN = Duration.ofMillis(500);
  private static final Duration UNTIL_TAKEN = Duration.ofSeconds(20);
  private static final String TAKEOVERS = "parley_log_shard_takeovers_total";
  private static final String DEAD = "reason=\"dead\"";

  private StepFaults() {}

  /** The writes are in the network while others take over, and arrive afterwards. */
  static void beforeWrite(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    FaultProxy cassandra = stage.proxies().cassandra(owner);
    Injection frozen = stage.beginParting(owner.name(), "SIGSTOP with writes on their way");
    freezeBehind(stage, owner, cassandra, Fault.deaf(), frozen);
    stage.holdUntilTakenOver(owner);
    cassandra.heal();
    owner.resume();
    frozen.over();
  }

  /** The writes are done, and their owner will hear of it only after others have taken over. */
  static void afterWrite(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    FaultProxy cassandra = stage.proxies().cassandra(owner);
    Injection frozen = stage.beginParting(owner.name(), "SIGSTOP after writes, before the barrier");
    freezeBehind(stage, owner, cassandra, Fault.mute(), frozen);
    cassandra.heal(); // the answers are in its socket when it wakes
    stage.holdUntilTakenOver(owner);
    owner.resume();
    frozen.over();
  }

  /**
   * Two owners, one after the other, are frozen with their writes on the way, and what the first
   * one wrote arrives before what the second one did: what the third finds must not be undone by
   * it.
   */
  static void twoBeforeWrite(Stage stage, int round) throws InterruptedException {
    DevNode first = stage.owner();
    Map<DevNode, Long> before = takeovers(stage, first);
    Injection one = stage.beginParting(first.name(), "SIGSTOP with writes on their way");
    freezeBehind(stage, first, stage.proxies().cassandra(first), Fault.deaf(), one);
    // Before anybody knows who that is: where nobody is, the half of it has not happened.
    Injection two = stage.beginParting(heirOf(first), "SIGSTOP with writes on their way");
    stage.holdUntil(() -> taker(stage, first, before) != null, UNTIL_TAKEN);
    DevNode second = taker(stage, first, before);
    if (second == null) {
      two.over();
      one.over();
      return;
    }
    stage.hold(SETTLED_IN); // for its recoveries, and the first writes after them
    freezeBehind(stage, second, stage.proxies().cassandra(second), Fault.deaf(), two);
    stage.proxies().cassandra(first).heal();
    stage.holdUntilTakenOver(second);
    stage.proxies().cassandra(second).heal();
    second.resume();
    two.over();
    first.resume();
    one.over();
  }

  private static String heirOf(DevNode node) {
    return "the heir of " + node.name();
  }

  private static void freezeBehind(
      Stage stage, DevNode node, FaultProxy proxy, Fault fault, Injection injection)
      throws InterruptedException {
    long before = proxy.touched();
    proxy.set(fault);
    stage.hold(GATHER);
    node.pause();
    long held = proxy.touched() - before;
    if (node.isPaused() && held > 0) {
      injection.seen(node.name() + " is in state T, " + held + " pieces of traffic were held");
    }
  }

  /**
   * The changes are committed, and the others never hear it: they have to ask again. So it is with
   * what it was about to deliver.
   */
  static void beforeAck(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    List<FaultProxy> buses = stage.nodes().stream().map(stage.proxies()::bus).toList();
    Injection killed = stage.begin(owner.name(), "kill -9 with acks on their way");
    long before = touched(buses);
    stage.nodes().stream()
        .filter(node -> node != owner)
        .forEach(node -> stage.proxies().silence(owner, node));
    stage.hold(GATHER.multipliedBy(3));
    kill(stage, owner, killed, touched(buses) - before);
    stage.proxies().heal();
    stage.holdUntilTakenOver(owner);
    killed.over();
  }

  /** The changes are acked, and their owner dies with them on their way to the stream. */
  static void beforePublish(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    FaultProxy kafka = stage.proxies().kafka(owner);
    Injection killed = stage.begin(owner.name(), "kill -9 after acks, before they are published");
    long before = kafka.touched();
    kafka.set(Fault.deaf());
    stage.hold(GATHER.multipliedBy(2));
    kill(stage, owner, killed, kafka.touched() - before);
    kafka.heal();
    stage.holdUntilTakenOver(owner);
    killed.over();
  }

  /**
   * The owner is killed with many deliveries on their way, and nothing is said any more in the
   * conversations that they belong to: no later number shows a device what it lacks.
   *
   * <p>The last words must be in the one batch that is under way. So nobody speaks when the node is
   * frozen (a fetch of the stream that stands there then is answered with nothing), and what is
   * said afterwards comes to its consumer at once, when nobody hears it any more.
   */
  static void lastWords(Stage stage, int round) throws InterruptedException {
    stage.speak();
    stage.hold(SPEAKING);
    stage.hush();
    stage.hold(QUIET);
    DevNode owner = stage.owner();
    List<FaultProxy> buses = stage.nodes().stream().map(stage.proxies()::bus).toList();
    Injection killed = stage.begin(owner.name(), "kill -9 with the last words on their way");
    owner.pause();
    stage.speak();
    stage.hold(SAID);
    stage.hush();
    stage.hold(SAID);
    long before = touched(buses);
    stage.nodes().stream()
        .filter(node -> node != owner)
        .forEach(node -> stage.proxies().silence(owner, node));
    owner.resume();
    stage.hold(SAID);
    kill(stage, owner, killed, touched(buses) - before);
    stage.proxies().lose(owner);
    stage.proxies().heal();
    stage.holdUntilTakenOver(owner);
    killed.over();
  }

  private static void kill(Stage stage, DevNode node, Injection injection, long held) {
    if (stage.kill9(node) && held > 0) {
      injection.seen("%s ended with %d pieces of traffic held".formatted(node.name(), held));
    }
  }

  /** One that takes over is frozen while it recovers, and goes on when a third has taken over. */
  static void inActivation(Stage stage, int round) throws InterruptedException {
    DevNode owner = stage.owner();
    Map<DevNode, Long> before = takeovers(stage, owner);
    Injection killed = stage.begin(owner.name(), "kill -9");
    stage.kill(owner, killed);
    Injection frozen = stage.beginParting(heirOf(owner), "SIGSTOP while it takes over");
    stage.holdUntil(() -> taker(stage, owner, before) != null, UNTIL_TAKEN);
    DevNode taker = taker(stage, owner, before);
    if (taker == null) {
      frozen.over();
      killed.over();
      return;
    }
    freezeBehind(stage, taker, stage.proxies().cassandra(taker), Fault.mute(), frozen);
    stage.proxies().cassandra(taker).heal();
    stage.holdUntilTakenOver(taker);
    taker.resume();
    frozen.over();
    killed.over();
  }

  private static DevNode taker(Stage stage, DevNode dead, Map<DevNode, Long> before) {
    return takeovers(stage, dead).entrySet().stream()
        .filter(now -> now.getValue() > before.getOrDefault(now.getKey(), 0L))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  private static Map<DevNode, Long> takeovers(Stage stage, DevNode but) {
    Map<DevNode, Long> takeovers = new HashMap<>();
    Stream<DevNode> others = stage.nodes().stream().filter(node -> node != but);
    others.forEach(node -> takeovers.put(node, NodeMeters.of(node).sum(TAKEOVERS, DEAD)));
    return takeovers;
  }

  private static long touched(List<FaultProxy> proxies) {
    return proxies.stream().mapToLong(FaultProxy::touched).sum();
  }
}
