package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer's own thread: polls, hands one batch over, keeps its place in the group while that
 * is under way (partitions paused, poll going on), commits what is done every so often.
 *
 * <p>All fields but the flag belong to that thread.
 */
final class PollLoop implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);
  private static final Duration STAY = Duration.ofMillis(1);
  private static final int HEARTBEAT_MS = 500;
  private static final long DRAIN_MS = 3_000;
  private static final long LAG_INTERVAL_MS = 1_000;
  private static final Duration LAG_PATIENCE = Duration.ofMillis(500);

  /**
   * What is read.
   *
   * @param fetchWaitMs how long a broker holds a fetch that finds nothing: short costs requests,
   *     long delays, because one fetch a broker is under way at a time and asks only for partitions
   *     that have nothing buffered
   */
  record Source(String topic, ConsumerGroup group, int fetchWaitMs) {}

  /** Between two tries to remember what was missed. */
  private static final long AWAY_MS = 1_000;

  private final Source source;
  private final String group;
  private final Optional<Continuity> continuity;
  private final ConsumerMeters meters;
  private final Backoff backoff;
  private final Supplier<Consumer<String, byte[]>> clients;
  private final Offsets offsets;

  private volatile boolean stopping;
  private Consumer<String, byte[]> consumer;
  private Promise<Void> joined;
  private Batch batch;
  private CompletableFuture<Void> underWay;
  private boolean paused;

  /** Whether this client has been told which partitions are its own, be it none. */
  private boolean assigned;

  private long measuredAt = System.nanoTime();

  /** Of which it is remembered that they have commits. */
  private final Set<Integer> followed = ConcurrentHashMap.newKeySet();

  PollLoop(KafkaSettings settings, Source source, ConsumerMeters meters, Backoff backoff) {
    this(settings, source, meters, backoff, () -> open(settings, source));
  }

  /** {@code clients} gives a new client of the group for the first time and after each failure. */
  PollLoop(
      KafkaSettings settings,
      Source source,
      ConsumerMeters meters,
      Backoff backoff,
      Supplier<Consumer<String, byte[]>> clients) {
    this.source = source;
    this.group = source.group().name();
    this.continuity = source.group().continuity();
    this.meters = meters;
    this.backoff = backoff;
    this.clients = clients;
    this.offsets = new Offsets(settings.commitIntervalMs());
  }

  /**
   * Reads until {@link #stop}; a fault of the client is followed by a new client, which skips
   * nothing. At what cannot be read at all it stands still, again and again: the meters say so.
   */
  void run(Function<Batch, Future<Void>> handler, Promise<Void> joined) {
    this.joined = joined;
    for (int failures = 1; !stopping; failures++) {
      try (Opened opened = new Opened(clients.get())) {
        consumer = opened.consumer();
        assigned = false;
        consumer.subscribe(List.of(source.topic()), this);
        while (!stopping) {
          step(handler);
          failures = 0;
        }
        drain();
      } catch (RuntimeException e) {
        // Whatever it is: this thread must not end while its records wait.
        LOG.atError().setCause(e).addKeyValue("group", group).log("consumer failed, begins anew");
        meters.failed();
        abandon();
        sleep(backoff.delayMs(Math.max(1, failures)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        stopping = true;
      }
    }
  }

  /** Leaves the group, unless its brokers are away: they are not waited for by one who stops. */
  private record Opened(Consumer<String, byte[]> consumer) implements AutoCloseable {
    @Override
    public void close() {
      consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
    }
  }

  /** Callable from any thread; noticed within one poll. No wake-up: it would break a commit off. */
  void stop() {
    stopping = true;
  }

  private void step(Function<Batch, Future<Void>> handler) throws InterruptedException {
    if (underWay == null) {
      ConsumerRecords<String, byte[]> records = poll(POLL);
      if (!records.isEmpty()) {
        begin(records, handler);
      }
    }
    if (underWay != null) {
      if (isDone(POLL.toMillis())) {
        end();
      } else {
        stay();
      }
    }
    offsets.commitWhenDue(consumer);
    measure();
  }

  private ConsumerRecords<String, byte[]> poll(Duration atMost) throws InterruptedException {
    try {
      return consumer.poll(atMost);
    } catch (InvalidOffsetException nowhere) { // never for those who begin with the oldest
      try {
        goOn(nowhere);
      } catch (KafkaException notNow) { // the next poll finds the same; the group is not left
        LOG.atWarn().setCause(notNow).addKeyValue("group", group).log("reading cannot go on now");
        sleep(AWAY_MS);
      }
      return ConsumerRecords.empty();
    }
  }

  /**
   * These partitions have no place where reading could go on: none was ever committed, or the one
   * that was is not in the stream. It goes on with the oldest record, and before that it is
   * remembered if others may have been before it. Only a partition that nobody has followed yet and
   * that still has its beginning is whole.
   */
  private void goOn(InvalidOffsetException nowhere) throws InterruptedException {
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(nowhere.partitions());
    if (!(nowhere instanceof NoOffsetForPartitionException)
        || oldest.values().stream().anyMatch(offset -> offset > 0)
        || oldest.keySet().stream().map(TopicPartition::partition).anyMatch(known()::contains)) {
      LOG.atWarn()
          .addKeyValue("group", group)
          .addKeyValue("oldest", oldest)
          .setCause(nowhere)
          .log("records may have been removed from the stream before they were handled");
      remember(continuity.orElseThrow().missed());
    }
    oldest.forEach(
        (partition, offset) -> {
          consumer.seek(partition, offset);
          // Without a record that would be committed none could be told from one that was lost.
          offsets.begin(partition, offset);
        });
  }

  private Set<Integer> known() throws InterruptedException {
    return remember(continuity.orElseThrow().known()).partitions();
  }

  /** From then on a partition without a commit is one that has lost it. */
  private void rememberCommits() {
    if (continuity.isEmpty()) {
      return;
    }
    Set<TopicPartition> news = new HashSet<>(consumer.assignment());
    news.removeIf(partition -> followed.contains(partition.partition()));
    if (news.isEmpty()) {
      return;
    }
    try {
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(news, LAG_PATIENCE);
      news.removeIf(partition -> committed.get(partition) == null);
      Set<Integer> numbers =
          news.stream().map(TopicPartition::partition).collect(Collectors.toSet());
      if (!numbers.isEmpty()) { // not waited for: until it is done it is tried every second
        continuity.get().followed(numbers).onSuccess(done -> followed.addAll(numbers));
      }
    } catch (RetriableException brokerIsAway) {
      LOG.atDebug().addKeyValue("group", group).log("commits cannot be asked for now");
    }
  }

  private static <T> T remember(Future<T> memory) throws InterruptedException {
    try {
      return Waiting.await(memory);
    } catch (ExecutionException | TimeoutException away) {
      throw new KafkaException("what must be remembered of the stream cannot be", away);
    }
  }

  private void begin(
      ConsumerRecords<String, byte[]> records, Function<Batch, Future<Void>> handler) {
    List<Batch.Entry> entries = new ArrayList<>(records.count());
    for (ConsumerRecord<String, byte[]> record : records) {
      entries.add(
          new Batch.Entry(
              new TopicPartition(record.topic(), record.partition()),
              record.offset(),
              record.timestamp(),
              toStreamRecord(record)));
    }
    batch = new Batch(entries);
    meters.begun(batch, entries.size());
    underWay = handler.apply(batch).toCompletionStage().toCompletableFuture();
  }

  private boolean isDone(long waitMs) throws InterruptedException {
    try {
      underWay.get(waitMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException failed) {
      if (!stopping) {
        throw new KafkaException("a batch failed for good; begin again where it began", failed);
      }
      // Its offsets stay uncommitted, so its records come again, here or elsewhere.
      batch.lose(consumer.assignment());
      return true;
    }
  }

  private void end() {
    offsets.add(batch);
    batch = null;
    underWay = null;
    meters.ended();
    if (paused) {
      consumer.resume(consumer.paused());
      paused = false;
    }
  }

  private void stay() throws InterruptedException {
    consumer.pause(consumer.assignment());
    paused = true;
    ConsumerRecords<String, byte[]> none = poll(STAY);
    if (!none.isEmpty()) {
      throw new KafkaException("a paused partition brought records");
    }
  }

  private void measure() {
    if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - measuredAt) < LAG_INTERVAL_MS) {
      return;
    }
    measuredAt = System.nanoTime();
    rememberCommits();
    if (paused) {
      askForLag();
      return;
    }
    meters.lag(lag());
  }

  /**
   * Known only where it is of every partition. A client that has just begun knows neither its
   * partitions nor their ends: it must not be taken for one that has nothing left to read.
   */
  private long lag() {
    if (!assigned) {
      return ConsumerMeters.UNKNOWN;
    }
    long sum = 0;
    for (TopicPartition partition : consumer.assignment()) {
      OptionalLong lag = consumer.currentLag(partition);
      if (lag.isEmpty()) {
        return ConsumerMeters.UNKNOWN;
      }
      sum += Math.max(0, lag.getAsLong());
    }
    return sum;
  }

  /** What is paused is not fetched, so the client does not see by itself how the stream grows. */
  private void askForLag() {
    try {
      long lag = 0;
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), LAG_PATIENCE);
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        lag += Math.max(0, end.getValue() - consumer.position(end.getKey(), LAG_PATIENCE));
      }
      meters.lag(lag);
    } catch (RetriableException | InvalidOffsetException notNow) {
      LOG.atDebug().addKeyValue("group", group).log("the lag cannot be asked for now");
    }
  }

  private void drain() throws InterruptedException {
    if (underWay != null && isDone(DRAIN_MS)) {
      end();
    } else if (batch != null) {
      batch.lose(consumer.assignment());
    }
    offsets.commitNow(consumer, consumer.assignment());
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    LOG.info("consumer of {} got {}", group, partitions);
    assigned = true;
    if (underWay != null) {
      consumer.pause(partitions);
      paused = true;
    }
    joined.tryComplete();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    offsets.commitNow(consumer, partitions);
    onPartitionsLost(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    if (batch != null) {
      batch.lose(partitions);
    }
    offsets.forget(partitions);
  }

  /**
   * Gives the batch up; its attempt under way ends first, so that two are never handled at once.
   */
  private void abandon() {
    if (batch != null) {
      batch.lose(batch.owned().stream().map(Batch.Entry::partition).distinct().toList());
      while (underWay != null && !underWay.isDone() && !stopping) {
        sleep(POLL.toMillis());
      }
    }
    batch = null;
    underWay = null;
    paused = false;
    offsets.clear();
    meters.abandoned();
  }

  private void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopping = true;
    }
  }

  private static StreamRecord toStreamRecord(ConsumerRecord<String, byte[]> record) {
    Map<String, byte[]> headers = new LinkedHashMap<>(16);
    for (Header header : record.headers()) {
      headers.put(header.key(), header.value() == null ? new byte[0] : header.value());
    }
    return new StreamRecord(record.key(), record.value(), headers);
  }

  /**
   * A consumer learns of a rebalance by its next heartbeat, and a cooperative one takes two: that
   * is what a node that starts waits for, and whatever a dead one left. A heartbeat costs a broker
   * next to nothing.
   */
  private static int heartbeatMs(KafkaSettings settings) {
    return Math.min(HEARTBEAT_MS, settings.sessionTimeoutMs() / 3);
  }

  private static Consumer<String, byte[]> open(KafkaSettings settings, Source source) {
    Map<String, Object> properties = new HashMap<>(settings.connection());
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, source.group().name());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(
        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
        source.group().continuity().isPresent() ? "none" : "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.maxBatch());
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, source.fetchWaitMs());
    properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, settings.sessionTimeoutMs());
    properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, heartbeatMs(settings));
    // Only what moves stops flowing when a consumer comes or goes.
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
  }
}
