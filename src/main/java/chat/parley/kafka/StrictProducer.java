package chat.parley.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer that ends with the first record that fails. Kafka's own goes on with what is behind it
 * in its buffer, of the same partition too, so that the next record of a key overtakes one that has
 * to be sent again. This one is ended on the thread that sends, before that sends anything else; so
 * where one request is under way at a time, nothing of the partition is behind the failed one.
 */
final class StrictProducer extends KafkaProducer<String, byte[]> {
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * @param properties with one request in flight: a broker takes whatever batch comes first from a
   *     producer that it does not know yet
   */
  StrictProducer(Map<String, Object> properties) {
    super(properties, new StringSerializer(), new ByteArraySerializer());
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
    try {
      return super.send(
          record,
          (metadata, failure) -> {
            try {
              if (failure != null) {
                end();
              }
            } finally {
              callback.onCompletion(metadata, failure);
            }
          });
    } catch (RuntimeException | Error thrown) {
      end();
      throw thrown;
    }
  }

  private void end() {
    if (over.compareAndSet(false, true)) {
      close(Duration.ZERO);
    }
  }
}
