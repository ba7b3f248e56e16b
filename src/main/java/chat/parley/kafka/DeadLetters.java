package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts a record that cannot be handled into the dead-letter topic: the record as it was, and beside
 * it where it came from and why it was put aside.
 */
final class DeadLetters {
  private final StreamProducer producer;
  private final String group;
  private final Clock clock;

  DeadLetters(StreamProducer producer, String group, Clock clock) {
    this.producer = producer;
    this.group = group;
    this.clock = clock;
  }

  Future<Void> bury(Batch.Entry entry, Throwable cause) {
    StreamRecord record = entry.record();
    Map<String, byte[]> headers = new LinkedHashMap<>(record.headers());
    put(headers, "dead.group", group);
    put(headers, "dead.topic", entry.partition().topic());
    put(headers, "dead.partition", String.valueOf(entry.partition().partition()));
    put(headers, "dead.offset", String.valueOf(entry.offset()));
    put(headers, "dead.at", String.valueOf(clock.millis()));
    put(headers, "dead.cause", cause.toString());
    byte[] value = record.value() == null ? new byte[0] : record.value();
    return producer.send(new StreamRecord(record.key(), value, headers));
  }

  Future<Void> close(long timeoutMs) {
    return producer.close(timeoutMs);
  }

  private static void put(Map<String, byte[]> headers, String name, String value) {
    headers.put(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
