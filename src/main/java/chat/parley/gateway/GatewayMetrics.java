package chat.parley.gateway;

import chat.parley.event.Change;
import chat.parley.telemetry.ConversationTimer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What an operator sees of the socket side. */
final class GatewayMetrics {
  private final MeterRegistry registry;
  private final Counter framesIn;
  private final Counter framesOut;
  private final Counter bytesOut;
  private final WaitingBytes waiting;
  private final Counter resends;
  private final Counter gapRepairs;
  private final Counter slowReaders;
  private final ConversationTimer persistedDelivered;
  private final ConversationTimer sendDelivered;
  private final Timer turns;
  private final Clock clock;

  /** {@code waiting} is shared with whoever else writes on this gateway. */
  GatewayMetrics(MeterRegistry registry, Clock clock, WaitingBytes waiting) {
    this.clock = clock;
    this.waiting = waiting;
    this.registry = registry;
    this.framesIn = registry.counter("parley.gateway.frames.in");
    this.framesOut = registry.counter("parley.gateway.frames.out");
    this.bytesOut = registry.counter("parley.gateway.bytes.out");
    Gauge.builder("parley.gateway.bytes.waiting", waiting::now)
        .description("Frames and answers the kernel has not taken yet: what slow readers cost")
        .register(registry);
    this.resends = registry.counter("parley.gateway.resends");
    this.gapRepairs = registry.counter("parley.gateway.gap.repairs");
    this.slowReaders = registry.counter("parley.gateway.slow.readers.cut");
    this.turns =
        Timer.builder("parley.gateway.turn")
            .description(
                "One turn of the gateway's event loop with deliveries, until it gives way to others")
            .register(registry);
    this.persistedDelivered =
        timer(
            registry,
            "parley.persisted.delivered",
            "when its owner (its wall clock) had it durable");
    this.sendDelivered =
        timer(registry, "parley.send.delivered", "when the edge (its wall clock) took a message");
  }

  private static ConversationTimer timer(MeterRegistry registry, String name, String from) {
    return new ConversationTimer(
        registry,
        name,
        "From "
            + from
            + " until it is written to the last of a gateway's live devices; one value a gateway"
            + " and message. What a device gets by its sync does not count");
  }

  /**
   * A message has gone to all devices here that are live. Where the stream had it from the log, as
   * after an outage, the time of its numbering stands in for those that are not known.
   */
  void delivered(Change change) {
    if (!change.type().isMessage()) {
      return;
    }
    long now = clock.millis();
    long persisted = change.persistedAt() > 0 ? change.persistedAt() : change.committedAt();
    long sent = change.sentAt() > 0 ? change.sentAt() : change.committedAt();
    persistedDelivered.recordBetween(change.conversationId(), persisted, now);
    sendDelivered.recordBetween(change.conversationId(), sent, now);
  }

  /** A turn of the event loop with deliveries is over. */
  void turn(long nanos) {
    turns.record(nanos, TimeUnit.NANOSECONDS);
  }

  void watchLarge(Supplier<Number> count) {
    Gauge.builder("parley.gateway.large.conversations", count)
        .description("Large conversations that users connected here are in")
        .register(registry);
  }

  void watchPolls(Supplier<Number> count) {
    Gauge.builder("parley.gateway.polls.waiting", count)
        .description("Calls of /v1/sync that have found nothing and wait")
        .register(registry);
  }

  void watchConnections(Supplier<Number> count) {
    Gauge.builder("parley.gateway.connections", count).register(registry);
  }

  void frameIn() {
    framesIn.increment();
  }

  /** A frame is written; {@link #frameGone} once it is with the kernel, or never will be. */
  void frameOut(int bytes) {
    framesOut.increment();
    bytesOut.increment(bytes);
    waiting.written(bytes);
  }

  void frameGone(int bytes) {
    waiting.gone(bytes);
  }

  /** What waits here for all who are slow to read, sockets and calls together. */
  long bytesWaiting() {
    return waiting.now();
  }

  void resent() {
    resends.increment();
  }

  void gapRepaired() {
    gapRepairs.increment();
  }

  void slowReaderCut() {
    slowReaders.increment();
  }

  /** A socket is being closed by us with this code. */
  void closing(int code) {
    registry.counter("parley.gateway.closes", "code", String.valueOf(code)).increment();
  }
}
