package chat.parley.registry;

import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.model.ConversationId;
import chat.parley.telemetry.ConversationTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;

/** What became of the messages that this node's edge took. */
final class SendMeters {
  private final MeterRegistry meters;
  private final ConversationTimer persisted;

  SendMeters(MeterRegistry meters) {
    this.meters = meters;
    this.persisted =
        new ConversationTimer(
            meters,
            "parley.send.persisted",
            "From a message's arrival at the edge until its ack is there, the search for a moving"
                + " shard's owner included; the edge's monotonic clock");
  }

  void answered(
      ConversationId conversation, AsyncResult<? extends IngestMessages> done, long startedAt) {
    if (done.failed()) {
      refused(done.cause() instanceof FailureException refusal ? refusal : null);
    } else if (done.result() instanceof MessageAccepted accepted && !accepted.replayed()) {
      persisted.recordNanos(conversation, System.nanoTime() - startedAt);
    }
  }

  private void refused(FailureException refusal) {
    String code = refusal == null ? "unavailable" : refusal.failure().code();
    meters.counter("parley.send.refused", "code", code).increment();
  }
}
