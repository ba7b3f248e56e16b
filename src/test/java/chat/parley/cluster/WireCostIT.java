package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Metrics;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a message costs the stores, by the server's own counters. The sockets send no receipts, so
 * that what is counted is the message's alone.
 */
class WireCostIT {
  private static final String REQUESTS = "parley_cassandra_requests_seconds_count";
  private static final String RECORDS = "parley_kafka_records_sent_total";
  private static final int MESSAGES = 200;
  private static final long AN_HOUR_MS = 3_600_000;
  private static final long GATHER_MS = 250;

  /**
   * What goes on by the clock, whether anybody writes or not; and that somebody of the test before
   * was seen last, which is stored a moment after their socket is gone.
   */
  private static final Set<String> BY_TIME =
      Set.of(
          "node_beat",
          "node_beats",
          "inbox_streams.one",
          "shard_epochs",
          "published_write",
          "family.revoked",
          "presence.seen");

  /**
   * Requests a second that the clock may cause: a beat's three, whether something was missed of the
   * inboxes' two streams, marks once in ten seconds, and what was revoked, in four parts, twice a
   * minute.
   */
  private static final double CLOCK_RATE = 5.7;

  private static ParleyServer server;
  private static Crowd crowd;

  @BeforeAll
  static void start() {
    server =
        ParleyServer.onSharedStack(
            Map.of(
                // Sockets that send no receipts would be sent everything again, and that is read
                // from the log.
                "gateway.resend-after-ms", Long.toString(AN_HOUR_MS),
                // It looks by the clock at whatever conversation comes next.
                "inbox.sample-ms", Long.toString(AN_HOUR_MS),
                "inbox.gather-ms", Long.toString(GATHER_MS)));
    crowd = new Crowd(server);
  }

  @AfterAll
  static void stop() {
    if (crowd != null) {
      crowd.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aMessageCostsOneMutationOneBarrierReadAndOneRecord() {
    Crowd.Somebody ada = crowd.somebody("ada");
    Crowd.Somebody bob = crowd.somebody("bob");
    String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
    RawSocket from = ada.enter();
    RawSocket to = bob.enter();
    exchange(from, to, dm, "warm", 20);
    recordsSettle();

    long begun = System.nanoTime();
    Metrics before = server.metrics();
    exchange(from, to, dm, "m", MESSAGES);
    await()
        .atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS))
        .until(() -> server.metrics().sum(RECORDS) >= before.sum(RECORDS) + MESSAGES);
    Metrics after = server.metrics();
    double seconds = (System.nanoTime() - begun) / 1e9;

    Map<String, Long> requests = after.grownSince(before, REQUESTS, "op");
    assertThat(requests.get("log_append")).as("%s", requests).isEqualTo(MESSAGES);
    assertThat(requests.get("log_barrier")).as("%s", requests).isBetween(1L, (long) MESSAGES);
    assertThat(after.sum(RECORDS) - before.sum(RECORDS)).isEqualTo(MESSAGES);
    // A row a member for all that was gathered, not for each message.
    assertThat(requests.getOrDefault("inbox.note", 0L))
        .as("%s in %.1f s", requests, seconds)
        .isLessThanOrEqualTo((long) (2 * (seconds * 1_000 / GATHER_MS + 2)));
    requests.keySet().removeAll(Set.of("log_append", "log_barrier", "inbox.note"));
    assertThat(BY_TIME).as("%s", requests).containsAll(requests.keySet());
    assertThat(requests.values().stream().mapToLong(Long::longValue).sum())
        .as("%s in %.1f s", requests, seconds)
        .isLessThanOrEqualTo((long) (seconds * CLOCK_RATE) + 4);
    from.close();
    to.close();
  }

  @Test
  void messagesInFlightTogetherShareBarriersAndMutations() {
    Crowd.Somebody ada = crowd.somebody("ada");
    RawSocket from = ada.enter();
    List<String> conversations = new ArrayList<>();
    for (String name : List.of("bob", "cid", "dee", "eve")) {
      conversations.add(
          Await.join(ada.api().createDm(crowd.somebody(name).userId())).conversationId());
    }
    conversations.forEach(conversation -> from.send(conversation, "warm", "warm"));
    conversations.forEach(conversation -> from.await("ack"));
    recordsSettle();

    Metrics before = server.metrics();
    for (int i = 0; i < MESSAGES; i++) {
      from.send(conversations.get(i % conversations.size()), "m" + i, "text " + i);
    }
    for (int i = 0; i < MESSAGES; i++) {
      from.await("ack");
    }
    await()
        .atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS))
        .until(() -> server.metrics().sum(RECORDS) >= before.sum(RECORDS) + MESSAGES);
    Metrics after = server.metrics();

    Map<String, Long> requests = after.grownSince(before, REQUESTS, "op");
    assertThat(requests.get("log_append")).as("%s", requests).isBetween(4L, MESSAGES / 2L);
    assertThat(requests.get("log_barrier"))
        .as("%s", requests)
        .isBetween(1L, requests.get("log_append"));
    assertThat(after.sum(RECORDS) - before.sum(RECORDS)).isEqualTo(MESSAGES);
    from.close();
  }

  /** One at a time: the next is sent when the other side has it. */
  private static void exchange(RawSocket from, RawSocket to, String dm, String name, int count) {
    for (int i = 0; i < count; i++) {
      from.send(dm, name + i, "text " + i);
      from.await("ack");
      to.await("message.new");
    }
  }

  /** Waits until the relay has nothing under way. */
  private static void recordsSettle() {
    await()
        .atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS))
        .until(() -> server.metrics().sum("parley_relay_backlog") == 0);
  }
}
