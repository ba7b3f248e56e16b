package chat.parley.relay;

import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.kafka.StreamProducer;
import chat.parley.log.Outbox;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Puts committed changes into the stream, in order, and says how far it has come. It runs where the
 * shard is owned, on the log's context. While the stream is away nothing is lost and nothing grows:
 * what waits is a range of the log. In memory are only what the producer takes, which is bounded,
 * and a few pages that are being read.
 */
public final class OutboxRelay implements Outbox.Listener, Lanes {
  private static final int PAGE = 200;
  private static final int READS_AT_ONCE = 8;
  private static final long FIRST_PAUSE_MS = 200;
  private static final long LONGEST_PAUSE_MS = 5_000;
  private static final long LOOK_MS = 1_000;
  private static final long NOTHING_WAITS = Long.MAX_VALUE;
  private static final double MS_PER_SECOND = 1000.0;

  private final Vertx vertx;
  private final Outbox outbox;
  private final StreamProducer small;
  private final StreamProducer large;
  private final Map<ConversationId, Lane> lanes = new HashMap<>();
  private final Set<ConversationId> largeOnes = new HashSet<>();
  private final Turns reads = new Turns(READS_AT_ONCE);
  private long pauseMs = FIRST_PAUSE_MS;
  private final Clock clock;
  private volatile long backlog;
  private volatile long waitingSince = NOTHING_WAITS;

  /**
   * Subscribes to the outbox; from then on every committed change goes to the stream, those of
   * large conversations by the producer of their own: what waits there holds up nobody else.
   */
  public OutboxRelay(
      Vertx vertx,
      Outbox outbox,
      StreamProducer small,
      StreamProducer large,
      Clock clock,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.clock = clock;
    this.outbox = outbox;
    this.small = small;
    this.large = large;
    Gauge.builder("parley.relay.backlog", () -> backlog)
        .description("Committed changes of this node's conversations that are not in the stream")
        .register(meters);
    Gauge.builder("parley.relay.oldest.unpublished.seconds", this::oldestSeconds)
        .description(
            "Age of the oldest committed change that is not in the stream, to the second; 0 where"
                + " none waits. Wall clocks: of the owner that numbered it and of this node")
        .register(meters);
    vertx.setPeriodic(LOOK_MS, tick -> lookForTheOldest());
    outbox.subscribe(this);
  }

  private double oldestSeconds() {
    long since = waitingSince;
    return since == NOTHING_WAITS ? 0 : Math.max(0, clock.millis() - since) / MS_PER_SECOND;
  }

  private void lookForTheOldest() {
    long oldest = NOTHING_WAITS;
    if (backlog > 0) {
      for (Lane lane : lanes.values()) {
        if (lane.backlog() > 0) {
          oldest = Math.min(oldest, lane.waitingSince());
        }
      }
    }
    waitingSince = oldest;
  }

  @Override
  public void committed(ConversationId conversation, long after, List<Change> changes) {
    backlog += changes.size();
    if (changes.get(changes.size() - 1).large()) {
      largeOnes.add(conversation);
    } else {
      largeOnes.remove(conversation);
    }
    lanes
        .computeIfAbsent(conversation, any -> new Lane(this, conversation, after))
        .committed(after, changes);
  }

  @Override
  public void lost(ConversationId conversation) {
    largeOnes.remove(conversation);
    Lane lane = lanes.remove(conversation);
    if (lane != null) {
      backlog -= lane.backlog();
      lane.close();
    }
  }

  @Override
  public Future<Void> send(Change change) {
    return (change.large() ? large : small)
        .send(ChangeRecord.encode(change))
        .onSuccess(sent -> pauseMs = FIRST_PAUSE_MS);
  }

  @Override
  public void acked(ConversationId conversation, Position position) {
    backlog--;
    outbox.published(conversation, position);
  }

  @Override
  public Future<List<Change>> read(ConversationId conversation, long from) {
    return reads.take(
        () ->
            (largeOnes.contains(conversation) ? large : small).hasRoom()
                ? outbox.read(conversation, from, PAGE)
                : Future.failedFuture(
                    new RejectedExecutionException("the stream does not take what was read")));
  }

  @Override
  public void later(Runnable step) {
    long pause = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    vertx.setTimer(pause, fired -> step.run());
  }
}
