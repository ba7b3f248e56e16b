package chat.parley.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer that ends with the first record that fails. Kafka's own goes on with what is behind it
 * in its buffer, of the same partition too, so that the next record of a key overtakes one that has
 * to be sent again. Ended on the thread that sends, before it sends anything else, it leaves
 * nothing behind but requests that are on their way, and of these the broker takes none that lacks
 * the one before (KIP-98: sequence numbers).
 */
final class StrictProducer extends KafkaProducer<String, byte[]> {
  StrictProducer(Map<String, Object> properties) {
    super(properties, new StringSerializer(), new ByteArraySerializer());
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
    return super.send(
        record,
        (metadata, failure) -> {
          if (failure != null) {
            close(Duration.ZERO);
          }
          callback.onCompletion(metadata, failure);
        });
  }
}
