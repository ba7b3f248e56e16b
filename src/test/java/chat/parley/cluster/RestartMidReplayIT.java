package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.replay.ReplayListener;
import chat.parley.replay.ReplayReport;
import chat.parley.replay.ReplayRun;
import chat.parley.replay.ReplaySettings;
import chat.parley.testing.ParleyServer;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A real conversation goes through a real crash: server and stores die at once, and come back. */
class RestartMidReplayIT {
  private static final Path LOG = Path.of("src/test/resources/irc/ubuntu-2007-09-07.txt");
  private static final double SPEED = 120;
  private static final int ACKS_BEFORE_THE_KILL = 60;

  @Test
  void everyAckedMessageIsThereOnceInOrderUnderItsNumberAfterAKill() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (ParleyServer server = ParleyServer.embedded()) {
      PlugPuller puller = new PlugPuller(server);
      ReplayReport report =
          ReplayRun.start(
                  vertx, List.of(LOG), ReplaySettings.of(server.uri(), SPEED, "ubuntu", 1), puller)
              .toCompletionStage()
              .toCompletableFuture()
              .get(5, TimeUnit.MINUTES);

      puller.restarted.get(1, TimeUnit.MINUTES);
      assertThat(server.storeLog("cassandra"))
          .as("a store that was stopped in order has nothing to replay")
          .containsPattern("Log replay complete, [1-9][0-9]* replayed mutations");
      assertThat(report.reconnects()).as(report.table()).isPositive();
      assertThat(report.sent()).as(report.table()).isGreaterThan(ACKS_BEFORE_THE_KILL);
      assertThat(report.kept()).as(report.table()).isTrue();
      assertThat(report.complete()).as(report.table()).isTrue();
      assertThat(report.acked()).as(report.table()).isEqualTo(report.sent());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** Kills the server once after some acks, and starts it again, on a thread of its own. */
  private static final class PlugPuller implements ReplayListener {
    final CompletableFuture<Void> restarted = new CompletableFuture<>();
    private final ParleyServer server;
    private boolean pulled;

    PlugPuller(ParleyServer server) {
      this.server = server;
    }

    @Override
    public void acked(long count) {
      if (pulled || count < ACKS_BEFORE_THE_KILL) {
        return;
      }
      pulled = true;
      Thread thread =
          new Thread(
              () -> {
                try {
                  server.killWithStores();
                  server.restart();
                  restarted.complete(null);
                } catch (RuntimeException | AssertionError e) {
                  restarted.completeExceptionally(e);
                }
              },
              "plug-puller");
      thread.setDaemon(true);
      thread.start();
    }
  }
}
