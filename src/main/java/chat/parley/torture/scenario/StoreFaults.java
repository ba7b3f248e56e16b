package chat.parley.torture.scenario;

import chat.parley.embedded.Store;
import java.time.Duration;

/** What happens to Cassandra and Kafka. */
final class StoreFaults {
  private static final Duration CASSANDRA_AWAY = Duration.ofSeconds(8);
  private static final Duration KAFKA_DOWN = Duration.ofSeconds(45);
  private static final Duration FROZEN = Duration.ofSeconds(15);

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
    stage.stores().kill9(store);
    if (!stage.stores().isAlive(store)) {
      killed.seen("its process is gone");
    }
    stage.hold(down);
    stage.stores().start(store);
    killed.over();
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
