package chat.parley.kafka;

import io.vertx.core.Future;
import java.time.Clock;

/** Puts records that cannot be handled into the dead-letter topic. */
final class DeadLetters {
  private final StreamProducer producer;
  private final ConsumerGroup group;
  private final Clock clock;

  DeadLetters(StreamProducer producer, ConsumerGroup group, Clock clock) {
    this.producer = producer;
    this.group = group;
    this.clock = clock;
  }

  /** Completes when the letter is in the topic; a failed one may be there all the same. */
  Future<Void> bury(Batch.Entry entry, Throwable cause, int attempts) {
    DeadLetter.Fault fault = DeadLetter.Fault.of(cause, attempts, clock.millis(), group.node());
    return producer.send(DeadLetter.of(entry, group.name(), fault).encode());
  }

  Future<Void> close(long timeoutMs) {
    return producer.close(timeoutMs);
  }
}
