package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.kafka.client.producer.KafkaProducerRecord;
import io.vertx.kafka.client.producer.RecordMetadata;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends records to one topic: idempotent, acked by all in-sync replicas, in the order of the
 * calls for records of one key. What is not acked yet is bounded in bytes; past the bound a send
 * fails at once with {@link RejectedExecutionException}, and the caller sends again later.
 */
public final class StreamProducer {
  /**
   * Above what brokers take by default, so that they decide: a dead letter is more than its record.
   */
  static final int MAX_REQUEST_BYTES = 2 * 1024 * 1024;

  private static final int RECORD_OVERHEAD_BYTES = 256;
  private static final int NEVER_MS = Integer.MAX_VALUE;

  /** It has ended already: this waits for its thread. */
  private static final long CLOSE_MS = 1_000;

  /** Before a new one is opened; twice as long each time until one has got a record through. */
  private static final long FIRST_PAUSE_MS = 100;

  private static final long LONGEST_PAUSE_MS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(StreamProducer.class);

  private final Vertx vertx;
  private final String topic;
  private final long maxBytes;
  private final Supplier<KafkaProducer<String, byte[]>> opening;
  private final boolean strict;
  private final AtomicLong unackedBytes = new AtomicLong();
  private final Counter sent;
  private final Counter failed;
  private final Gauge unacked;
  private final MeterRegistry meters;

  /** Null from a failure on, until all that it leaves behind is known to have failed. */
  private volatile KafkaProducer<String, byte[]> producer;

  private volatile boolean failedOneIsClosed;
  private volatile boolean isOpening;
  private volatile long pauseMs = FIRST_PAUSE_MS;
  private volatile boolean ended;

  StreamProducer(
      Vertx vertx,
      String topic,
      String user,
      long maxBytes,
      Supplier<KafkaProducer<String, byte[]>> opening,
      boolean strict,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.meters = meters;
    this.topic = topic;
    this.maxBytes = maxBytes;
    this.opening = opening;
    this.strict = strict;
    this.producer = opening.get();
    this.sent =
        Counter.builder("parley.kafka.records.sent")
            .description("Records that the stream has acked")
            .tag("topic", topic)
            .register(meters);
    this.failed =
        Counter.builder("parley.kafka.records.failed")
            .description("Records that the stream has not acked in time or has refused")
            .tag("topic", topic)
            .register(meters);
    this.unacked =
        Gauge.builder("parley.kafka.unacked.bytes", unackedBytes, AtomicLong::doubleValue)
            .description("Bytes handed to the producer and not acked yet")
            .tag("topic", topic)
            .tag("user", user)
            .register(meters);
  }

  /**
   * A producer of the changes topic that waits for brokers that are away, however long that takes,
   * and in which nothing overtakes a record that failed: with it fails all that is on its way, of
   * every key, and a new producer takes what is sent again. Use it on one context.
   */
  public static StreamProducer ofChanges(
      Vertx vertx, KafkaSettings settings, MeterRegistry meters) {
    Map<String, Object> properties = new HashMap<>(properties(settings, NEVER_MS));
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    return new StreamProducer(
        vertx,
        settings.changesTopic(),
        "relay",
        settings.bufferBytes(),
        () -> quiet(KafkaProducer.create(vertx, new StrictProducer(properties))),
        true,
        meters);
  }

  /**
   * A producer of a topic. It connects lazily: brokers that are away fail its sends.
   *
   * @param user who sends, in the metrics: one topic has several producers in a node
   */
  public static StreamProducer of(
      Vertx vertx, KafkaSettings settings, String topic, String user, MeterRegistry meters) {
    Map<String, String> properties = properties(settings, settings.deliveryTimeoutMs());
    return new StreamProducer(
        vertx,
        topic,
        user,
        settings.bufferBytes(),
        () ->
            quiet(
                KafkaProducer.create(
                    vertx, properties, new StringSerializer(), new ByteArraySerializer())),
        false,
        meters);
  }

  /**
   * Each record's own future tells of it; without this each would be logged as an error as well.
   */
  private static KafkaProducer<String, byte[]> quiet(KafkaProducer<String, byte[]> producer) {
    return producer.exceptionHandler(told -> {});
  }

  /**
   * Completes when the record is in the stream. A failed send may be in the stream all the same.
   */
  public Future<Void> send(StreamRecord record) {
    KafkaProducerRecord<String, byte[]> out =
        KafkaProducerRecord.create(topic, record.key(), record.value());
    record.headers().forEach((name, value) -> out.addHeader(name, Buffer.buffer(value)));
    return send(out).mapEmpty();
  }

  /**
   * As {@link #send}, to a partition by its number.
   *
   * @return the record's offset there
   */
  Future<Long> append(int partition, String key, byte[] value) {
    return send(KafkaProducerRecord.create(topic, key, value, partition))
        .map(RecordMetadata::getOffset);
  }

  private Future<RecordMetadata> send(KafkaProducerRecord<String, byte[]> record) {
    long bytes = record.value().length + (long) RECORD_OVERHEAD_BYTES;
    if (unackedBytes.addAndGet(bytes) > maxBytes) {
      unackedBytes.addAndGet(-bytes);
      return Future.failedFuture(
          new RejectedExecutionException("too much is waiting for the stream's ack"));
    }
    KafkaProducer<String, byte[]> current = producer;
    Future<RecordMetadata> sending =
        current == null
            ? Future.failedFuture(new RejectedExecutionException("a new producer is to be opened"))
            : current.send(record);
    return sending.onComplete(
        done -> {
          unackedBytes.addAndGet(-bytes);
          (done.succeeded() ? sent : failed).increment();
          if (done.succeeded()) {
            pauseMs = FIRST_PAUSE_MS;
          } else if (strict) {
            afterFailure(current, record, done.cause());
          }
        });
  }

  private void afterFailure(
      KafkaProducer<String, byte[]> of,
      KafkaProducerRecord<String, byte[]> record,
      Throwable cause) {
    if (of != null && of == producer) {
      producer = null;
      failedOneIsClosed = false;
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("key", record.key())
          .addKeyValue("bytes", record.value().length)
          .addKeyValue("cause", String.valueOf(cause))
          .log("all that is on its way goes out again, since a record failed");
      of.close(CLOSE_MS)
          .onComplete(
              closed -> {
                failedOneIsClosed = true;
                openAgain();
              });
    } else {
      openAgain();
    }
  }

  /** Whoever sends must have heard of all that failed, or would send the next one before it. */
  private void openAgain() {
    if (producer != null || isOpening || ended || !failedOneIsClosed || unackedBytes.get() > 0) {
      return;
    }
    isOpening = true;
    long pause = pauseMs;
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pause);
    vertx
        .timer(pause)
        .compose(due -> vertx.executeBlocking(opening::get, false)) // it looks names up
        .onComplete(
            opened -> {
              isOpening = false;
              if (opened.failed()) {
                LOG.warn(
                    "{}: no new producer can be opened: {}", topic, String.valueOf(opened.cause()));
                openAgain();
              } else if (ended) {
                opened.result().close(CLOSE_MS);
              } else {
                producer = opened.result();
              }
            });
  }

  /** Whether a good part of what may be unacked is free, so that more is worth being fetched. */
  public boolean hasRoom() {
    return unackedBytes.get() <= maxBytes / 2;
  }

  /** Sends what is buffered, for at most {@code timeoutMs}, and lets go of the brokers. */
  public Future<Void> close(long timeoutMs) {
    meters.remove(unacked);
    ended = true;
    KafkaProducer<String, byte[]> last = producer;
    return last == null ? Future.succeededFuture() : last.close(timeoutMs);
  }

  private static Map<String, String> properties(KafkaSettings settings, int deliveryMs) {
    Map<String, String> properties = settings.connection();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(MAX_REQUEST_BYTES));
    properties.put(ProducerConfig.LINGER_MS_CONFIG, String.valueOf(settings.lingerMs()));
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, settings.compression());
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(deliveryMs));
    // What it knows of the topic it keeps while brokers are away: without it a record is not even
    // queued but waits for it, fails, and is overtaken by those that wait behind it.
    properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, String.valueOf(NEVER_MS));
    properties.put(
        CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
    properties.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        String.valueOf(Math.max(1, Math.min(10_000, deliveryMs - settings.lingerMs()))));
    // The wait for metadata blocks the producer's one worker, so it gets the same bound.
    properties.put(
        ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(Math.min(10_000, deliveryMs)));
    // Twice our own bound, so that ours speaks first, without blocking a thread.
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(2 * settings.bufferBytes()));
    return properties;
  }
}
