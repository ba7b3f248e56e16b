package chat.parley.client;

import java.time.Duration;

/**
 * How patient a client is.
 *
 * @param tick how often all devices of a group are looked after; the resolution of every other wait
 * @param gapPatience how long a hole in the numbers may stay before a sync is asked for (an ack
 *     overtakes the frames before it as a matter of course)
 * @param receiptEvery the least time between two delivered receipts of a device
 * @param answerWithin after how long without an answer a request counts as lost
 * @param backoffFirst the first window of the reconnect's full jitter
 * @param backoffMax the largest such window
 * @param connectTimeout for the TCP connect
 * @param maxPending how many unacked messages a device may have; one more is refused
 * @param maxHeld how many changes beyond a hole are kept a conversation; what is more is asked for
 *     again
 * @param syncLimit the page size of a sync
 */
public record ClientSettings(
    Duration tick,
    Duration gapPatience,
    Duration receiptEvery,
    Duration answerWithin,
    Duration backoffFirst,
    Duration backoffMax,
    Duration connectTimeout,
    int maxPending,
    int maxHeld,
    int syncLimit) {

  /** What suits people and replays. */
  public static ClientSettings defaults() {
    return new ClientSettings(
        Duration.ofMillis(50),
        Duration.ofMillis(500),
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        Duration.ofMillis(250),
        Duration.ofSeconds(8),
        Duration.ofSeconds(5),
        10_000,
        2_000,
        500);
  }
}
