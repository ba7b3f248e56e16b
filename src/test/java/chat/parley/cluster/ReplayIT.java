package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ChangePage;
import chat.parley.client.ParleyApi;
import chat.parley.replay.ReplayListener;
import chat.parley.replay.ReplayReport;
import chat.parley.replay.ReplayRun;
import chat.parley.replay.ReplaySettings;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.ParleyServer;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A real conversation through a server, and through its orderly stop. */
class ReplayIT {
  private static final Path LOG = Path.of("src/test/resources/irc/ubuntu-2007-09-07.txt");
  private static final double SPEED = 240;

  @Test
  void aRealConversationIsKeptAndAStopLosesNothing() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (ParleyServer server = ParleyServer.onSharedStack();
        Crowd crowd = new Crowd(server)) {
      ReplayReport report =
          ReplayRun.start(
                  vertx,
                  List.of(LOG),
                  ReplaySettings.of(server.uri(), SPEED, "ubuntu", 1),
                  ReplayListener.NONE)
              .toCompletionStage()
              .toCompletableFuture()
              .get(4, TimeUnit.MINUTES);
      assertThat(report.kept()).as(report.table()).isTrue();
      assertThat(report.complete()).as(report.table()).isTrue();
      assertThat(report.delivered()).as(report.table()).isPositive();

      Crowd.Somebody ada = crowd.somebody("ada");
      Crowd.Somebody bob = crowd.somebody("bob");
      String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
      List<String> acked = new ArrayList<>();
      for (int i = 1; i <= 20; i++) {
        acked.add(Await.join(ada.api().postMessage(dm, "m" + i, "text " + i)).messageId());
      }

      assertThat(server.stop()).as(server.output()).isZero();
      server.restart();

      assertThat(messages(bob.api(), dm)).isEqualTo(acked);
      assertThat(Await.join(ada.api().postMessage(dm, "m20", "text 20")).replayed()).isTrue();
      assertThat(Await.join(bob.api().postMessage(dm, "after", "after")).seq()).isEqualTo(21);
      ChangePage changes = Await.join(ada.api().changes(dm, 0, 100));
      assertThat(changes.items().stream().map(change -> change.changeSeq()).toList())
          .isEqualTo(IntStream.rangeClosed(1, 21).mapToObj(Long::valueOf).toList());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static List<String> messages(ParleyApi reader, String conversationId) {
    return Await.join(reader.historyAfter(conversationId, 0, 100)).items().stream()
        .map(change -> change.message().messageId())
        .toList();
  }
}
