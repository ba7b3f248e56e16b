package chat.parley.torture.scenario;

import chat.parley.embedded.Store;
import java.time.Duration;

/** What happens to Cassandra and Kafka. */
final class StoreFaults {
  private static final Duration CASSANDRA_AWAY = Duration.ofSeconds(8);
  private static final Duration KAFKA_DOWN = Duration.ofSeconds(45);
  private static final Duration FROZEN = Duration.ofSeconds(15);

  /** It meets it with the next page that it writes, at the latest with the next segment. */
  private static final Duration FULL = Duration.ofSeconds(60);

  private static final Duration CLEANED_UP = Duration.ofSeconds(8);

  private StoreFaults() {}

  static void killCassandra(Stage stage, int round) throws InterruptedException {
    killAndStart(stage, Store.CASSANDRA, CASSANDRA_AWAY);
  }

  static void killKafka(Stage stage, int round) throws InterruptedException {
    killAndStart(stage, Store.KAFKA, KAFKA_DOWN);
  }

  static void pauseCassandra(Stage stage, int round) throws InterruptedException {
    pause(stage, Store.CASSANDRA);
  }

  static void pauseKafka(Stage stage, int round) throws InterruptedException {
    pause(stage, Store.KAFKA);
  }

  private static void killAndStart(Stage stage, Store store, Duration down)
      throws InterruptedException {
    Injection killed =
        stage.begin(store.storeName(), "kill -9, back after " + down.toSeconds() + " s");
    if (stage.kill9(store)) {
      killed.seen("its process is gone");
    }
    stage.hold(down);
    stage.stores().start(store);
    killed.over();
  }

  /**
   * The space is taken until Cassandra has ended, and some seconds more, for somebody to be told
   * and to clean up; then its supervisor gets it started. With a log that is mapped to memory it is
   * a SIGBUS that ends it, else {@code commit_failure_policy}.
   */
  static void fillDisk(Stage stage, int round) throws InterruptedException {
    SmallDisk disk = stage.disk();
    Injection full = stage.beginEnding(Store.CASSANDRA.storeName(), "no space for its commit log");
    boolean ended =
        stage.holdUntil(
            () -> {
              disk.fill();
              return !stage.stores().isAlive(Store.CASSANDRA);
            },
            FULL);
    if (disk.isFull() && ended) {
      full.seen("the disk is full, and its process has ended");
    }
    stage.hold(CLEANED_UP);
    disk.free();
    stage.stores().start(Store.CASSANDRA);
    full.over();
  }

  private static void pause(Stage stage, Store store) throws InterruptedException {
    Injection paused = stage.begin(store.storeName(), "SIGSTOP for " + FROZEN.toSeconds() + " s");
    stage.stores().pause(store);
    if (stage.stores().isPaused(store)) {
      paused.seen("its process is in state T");
    }
    stage.hold(FROZEN);
    stage.stores().resume(store);
    paused.over();
  }
}
