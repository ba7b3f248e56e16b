package chat.parley.log;

import chat.parley.model.ConversationId;
import chat.parley.telemetry.ConversationTimer;
import chat.parley.telemetry.Latency;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What an operator sees of the log at its owner. All times are on this node's monotonic clock. */
final class LogMeters {
  /** Why a shard could be taken. */
  enum Reason {
    /** Nobody had ever held it. */
    FIRST,
    /** Its owner had given it up. */
    HANDOVER,
    /** Its owner's beat had stopped, or was no longer there. */
    DEAD,
    /** An earlier run on this node's own data folder had held it. */
    RESTART,
    /** This node had tried to take it and did not know that it had succeeded. */
    REPEATED
  }

  private final MeterRegistry meters;
  private final ConversationTimer appends;
  private final DistributionSummary groupChanges;
  private final Timer barrier;
  private final Timer recovery;
  private final Timer materialised;

  LogMeters(MeterRegistry meters) {
    this.meters = meters;
    this.appends =
        new ConversationTimer(
            meters,
            "parley.log.append",
            "From a change's arrival at its owner until it is durable, its wait for the group"
                + " before included; the owner's monotonic clock");
    this.groupChanges =
        DistributionSummary.builder("parley.log.group.changes")
            .description("Changes in one atomic write")
            .register(meters);
    this.barrier =
        Latency.timer(
            meters,
            "parley.log.barrier",
            "The read of the shard's epoch between a write and its ack, its wait for the read"
                + " before included; the owner's monotonic clock");
    this.recovery =
        Latency.timer(
            meters,
            "parley.log.shard.recovery",
            "From taking a shard until what its former owners left is recovered;"
                + " the new owner's monotonic clock");
    this.materialised =
        Latency.timer(
            meters,
            "parley.log.buffered",
            "From a buffered ack until the group is in the history store: how long it is in the"
                + " stream alone; the owner's monotonic clock");
    for (Reason reason : Reason.values()) {
      took(reason, 0);
    }
  }

  void watch(OwnedLog log) {
    Gauge.builder("parley.log.conversations", log, OwnedLog::conversationsInMemory)
        .description("Conversations that this node holds in memory as their owner")
        .register(meters);
    Gauge.builder("parley.log.conversations.large", log, OwnedLog::largeInMemory)
        .description("Of these the large ones, as of some seconds ago")
        .register(meters);
    Gauge.builder("parley.log.conversations.unrecovered", log, OwnedLog::unrecovered)
        .description("Those of former owners that are not recovered yet, as of some seconds ago")
        .register(meters);
    Gauge.builder("parley.log.shards.held", log, OwnedLog::shardsHeld)
        .description("Shards that this node owns, of 256")
        .register(meters);
  }

  void appended(ConversationId conversation, long startedAtNanos) {
    appends.recordNanos(conversation, System.nanoTime() - startedAtNanos);
  }

  void group(int changes) {
    groupChanges.record(changes);
  }

  void barrier(long startedAtNanos) {
    barrier.record(System.nanoTime() - startedAtNanos, TimeUnit.NANOSECONDS);
  }

  void recovered(long startedAtNanos) {
    recovery.record(System.nanoTime() - startedAtNanos, TimeUnit.NANOSECONDS);
  }

  void materialised(long bufferedAtNanos) {
    materialised.record(System.nanoTime() - bufferedAtNanos, TimeUnit.NANOSECONDS);
  }

  void took(Reason reason) {
    took(reason, 1);
  }

  private void took(Reason reason, int shards) {
    meters
        .counter("parley.log.shard.takeovers", "reason", reason.name().toLowerCase(Locale.ROOT))
        .increment(shards);
  }
}
