package chat.parley.torture.scenario;

import chat.parley.devcluster.DevNode;
import chat.parley.embedded.Store;
import java.time.Duration;
import java.util.List;

/** What happens to processes. */
final class NodeFaults {
  private static final Duration CALM = Duration.ofSeconds(2);

  /** Of everybody, beside the devices that they have. */
  private static final int GUESTS_EACH = 8;

  /** By then every device knows that its connection is gone. */
  private static final Duration NOTICED = Duration.ofMillis(500);

  private static final List<Integer> PAUSES = List.of(2, 10, 30);

  private NodeFaults() {}

  static void killOwner(Stage stage, int round) throws InterruptedException {
    killAndStart(stage, stage.owner());
  }

  static void killGateway(Stage stage, int round) throws InterruptedException {
    killAndStart(stage, stage.any("gateway"));
  }

  /** All devices of a gateway come to the others at once, while everybody talks. */
  static void storm(Stage stage, int round) throws InterruptedException {
    DevNode node = stage.any("gateway");
    int guests = stage.gather(node, GUESTS_EACH);
    Injection killed = stage.begin(node.name(), "kill -9 under a storm");
    boolean gone = stage.kill9(node);
    stage.hold(NOTICED);
    long ms = stage.msUntilAllGuestsAreIn();
    if (gone) {
      killed.seen(
          "%d devices lost it, and the last of them was let in elsewhere after %d ms"
              .formatted(guests, NOTICED.toMillis() + ms));
    }
    stage.holdUntilTakenOver(node);
    stage.start(node);
    killed.over();
  }

  static void killEach(Stage stage, int round) throws InterruptedException {
    for (DevNode node : stage.shuffled()) {
      killAndStart(stage, node);
      stage.hold(CALM);
    }
  }

  private static void killAndStart(Stage stage, DevNode node) throws InterruptedException {
    Injection killed = stage.begin(node.name(), "kill -9");
    stage.kill(node, killed);
    stage.holdUntilTakenOver(node);
    stage.start(node);
    killed.over();
  }

  static void killEverything(Stage stage, int round) {
    Injection killed = stage.begin("everything", "kill -9 of every node and store");
    // The stores first: what they have not synced then is lost, and no node has time to notice.
    boolean all = true;
    for (Store store : stage.stores().own()) {
      all &= stage.kill9(store);
    }
    for (DevNode node : stage.nodes()) {
      all &= stage.kill9(node);
    }
    if (all) {
      killed.seen("all of them were there, and are gone");
    }
    stage.stores().own().forEach(stage.stores()::start);
    stage.startNodes();
    killed.over();
  }

  static void pauseOwner(Stage stage, int round) throws InterruptedException {
    pause(stage, Duration.ofSeconds(PAUSES.get((round + 1) % PAUSES.size())));
  }

  private static void pause(Stage stage, Duration time) throws InterruptedException {
    DevNode node = stage.owner();
    Injection paused = stage.beginParting(node.name(), "SIGSTOP for " + time.toSeconds() + " s");
    node.pause();
    if (node.isPaused()) {
      paused.seen(node.name() + " is in state T");
    }
    stage.hold(time);
    node.resume();
    paused.over();
  }

  static void rollingRestart(Stage stage, int round) throws InterruptedException {
    for (DevNode node : stage.nodes()) {
      Injection restarted = stage.begin(node.name(), "restart");
      boolean wasAlive = node.isAlive();
      if (node.stop() == 0 && wasAlive) {
        restarted.seen(node.name() + " ended when asked to, code 0");
      }
      stage.start(node);
      restarted.over();
      stage.hold(CALM);
    }
  }
}
