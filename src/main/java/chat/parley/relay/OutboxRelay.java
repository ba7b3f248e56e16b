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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Puts committed changes into the stream, in order, and says how far it has come. It runs where the
 * shard is owned, on the log's context. While the stream is away nothing is lost and nothing grows:
 * what waits is a range of the log.
 */
public final class OutboxRelay implements Outbox.Listener, Lanes {
  private static final int PAGE = 200;
  private static final long FIRST_PAUSE_MS = 200;
  private static final long LONGEST_PAUSE_MS = 5_000;

  private final Vertx vertx;
  private final Outbox outbox;
  private final StreamProducer producer;
  private final Map<ConversationId, Lane> lanes = new HashMap<>();
  private long pauseMs = FIRST_PAUSE_MS;
  private volatile long backlog;

  /** Subscribes to the outbox; from then on every committed change goes to the stream. */
  public OutboxRelay(Vertx vertx, Outbox outbox, StreamProducer producer, MeterRegistry meters) {
    this.vertx = vertx;
    this.outbox = outbox;
    this.producer = producer;
    Gauge.builder("parley.relay.backlog", () -> backlog)
        .description("Committed changes of this node's conversations that are not in the stream")
        .register(meters);
    outbox.subscribe(this);
  }

  @Override
  public void committed(ConversationId conversation, long after, List<Change> changes) {
    backlog += changes.size();
    lanes
        .computeIfAbsent(conversation, any -> new Lane(this, conversation, after))
        .committed(after, changes);
  }

  @Override
  public void lost(ConversationId conversation) {
    Lane lane = lanes.remove(conversation);
    if (lane != null) {
      backlog -= lane.backlog();
      lane.close();
    }
  }

  @Override
  public Future<Void> send(Change change) {
    return producer.send(ChangeRecord.encode(change)).onSuccess(sent -> pauseMs = FIRST_PAUSE_MS);
  }

  @Override
  public void acked(ConversationId conversation, Position position) {
    backlog--;
    outbox.published(conversation, position);
  }

  @Override
  public Future<List<Change>> read(ConversationId conversation, long from) {
    return outbox.read(conversation, from, PAGE);
  }

  @Override
  public void later(Runnable step) {
    long pause = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    vertx.setTimer(pause, fired -> step.run());
  }
}
