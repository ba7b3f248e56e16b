package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Metrics;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads off {@code /metrics} of a message's way, stage by stage. */
class StageMetricsIT {
  private static final List<String> BY_TYPE =
      List.of(
          "parley_log_append_seconds",
          "parley_send_persisted_seconds",
          "parley_persisted_delivered_seconds",
          "parley_send_delivered_seconds");

  private final ParleyServer server = SharedServer.get();
  private Crowd crowd;
  private Crowd.Somebody ada;
  private Crowd.Somebody bob;

  @BeforeEach
  void meet() {
    crowd = new Crowd(server);
    ada = crowd.somebody("ada");
    bob = crowd.somebody("bob");
  }

  @AfterEach
  void part() {
    crowd.close();
  }

  @Test
  void everyStageOfAMessagesWayIsTimedByTheTypeOfItsConversation() {
    String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
    String group = Await.join(ada.api().createGroup("duo", List.of(bob.userId()))).conversationId();
    RawSocket bobs = bob.enter();
    Metrics before = server.metrics();
    for (int i = 0; i < 3; i++) {
      Await.join(ada.api().postMessage(dm, "d" + i, "to one"));
    }
    for (int i = 0; i < 2; i++) {
      Await.join(ada.api().postMessage(group, "g" + i, "to all"));
    }
    for (int i = 0; i < 5; i++) {
      bobs.await("message.new");
    }

    for (String name : BY_TYPE) {
      await(name)
          .atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS))
          .until(
              () ->
                  Map.of("dm", 3L, "group", 2L)
                      .equals(server.metrics().grownSince(before, name + "_count", "type")));
    }
    Metrics after = server.metrics();
    assertThat(grown(before, after, "parley_log_barrier_seconds_count")).isBetween(1L, 5L);
    assertThat(grown(before, after, "parley_log_group_changes_sum")).isEqualTo(5);
    // Fixed buckets: percentiles of several nodes can be computed together.
    assertThat(after.by("parley_send_delivered_seconds_bucket", "le"))
        .containsKeys("0.01", "0.1", "1.0", "+Inf");
  }

  @Test
  void aRetryIsNotTimedAgainAndARefusedSendIsCountedByItsCode() {
    String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
    Await.join(ada.api().postMessage(dm, "once", "once"));
    Metrics before = server.metrics();
    Await.join(ada.api().postMessage(dm, "once", "once"));
    assertThat(Await.problem(ada.api().postMessage(dm, "once", "another text")).code())
        .isEqualTo("idempotency_mismatch");

    Metrics after = server.metrics();
    assertThat(after.grownSince(before, "parley_send_persisted_seconds_count", "type")).isEmpty();
    assertThat(after.grownSince(before, "parley_send_refused_total", "code"))
        .isEqualTo(Map.of("idempotency_mismatch", 1L));
  }

  @Test
  void theOnlyNodeHoldsEveryShardAndSaysWhyItCouldTakeThem() {
    Metrics now = server.metrics();
    assertThat(now.sum("parley_log_shards_held")).isEqualTo(256);
    assertThat(now.by("parley_log_shard_takeovers_total", "reason"))
        .containsEntry("first", 256L)
        .containsKeys("handover", "dead", "restart");
    await()
        .atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS))
        .until(() -> server.metrics().sum("parley_log_shard_recovery_seconds_count") == 256);
    await()
        .atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS))
        .until(
            () ->
                server.metrics().sum("parley_relay_backlog") == 0
                    && server.metrics().sum("parley_relay_oldest_unpublished_seconds") == 0);
  }

  private static long grown(Metrics before, Metrics after, String name) {
    return after.sum(name) - before.sum(name);
  }
}
