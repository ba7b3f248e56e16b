package chat.parley.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that are wanted back only after a failure, in numbered lanes: a lane is a partition of
 * the journal's topic. What {@link #append} has answered for, every {@link #read} that begins later
 * brings, unless it was cut off; by all in-sync replicas' word, which is not that of their disks.
 *
 * <p>Topic and connections are made at the first use: who never uses it pays nothing. For one
 * context; after {@link #close} for none.
 */
public final class Journal {
  private final Vertx vertx;
  private final KafkaSettings settings;
  private final int lanes;
  private final MeterRegistry meters;
  private Future<Connection> connected;

  private record Connection(StreamProducer producer, Admin admin) {}

  /** {@code lanes} are the same for ever: they are the topic's partitions. */
  public Journal(Vertx vertx, KafkaSettings settings, int lanes, MeterRegistry meters) {
    this.vertx = vertx;
    this.settings = settings.forJournal();
    this.lanes = lanes;
    this.meters = meters;
  }

  /**
   * Completes when all in-sync replicas have the record, with its offset in the lane. A failed one
   * may be there all the same, now or later.
   */
  public Future<Long> append(int lane, String key, byte[] value) {
    return connection().compose(connection -> connection.producer().append(lane, key, value));
  }

  /** What a read brought of one lane: values in their order, and where the next one would be. */
  public record Lane(List<byte[]> values, long next) {}

  /**
   * Reads lanes from their beginnings to a mark that is appended after this call. The mark makes it
   * certain: a deposed leader may show an old end of a lane, but cannot get a record to all in-sync
   * replicas. Lanes that take no mark are left out; fails where none does, or where the brokers
   * stop answering.
   */
  public Future<Map<Integer, Lane>> read(Set<Integer> wanted) {
    return connection()
        .compose(connection -> mark(connection, wanted))
        .compose(marks -> vertx.executeBlocking(() -> JournalRead.upTo(settings, marks), false));
  }

  private static Future<Map<Integer, Long>> mark(Connection connection, Set<Integer> wanted) {
    Map<Integer, Future<Long>> marks =
        wanted.stream()
            .collect(
                Collectors.toMap(
                    lane -> lane,
                    lane -> connection.producer().append(lane, null, JournalRead.MARK)));
    return Future.join(List.copyOf(marks.values()))
        .transform(
            all -> {
              Map<Integer, Long> offsets = new HashMap<>();
              marks.forEach(
                  (lane, offset) -> {
                    if (offset.succeeded()) {
                      offsets.put(lane, offset.result());
                    }
                  });
              return offsets.isEmpty()
                  ? Future.failedFuture(all.cause())
                  : Future.succeededFuture(offsets);
            });
  }

  /** Cuts off what lies before these offsets; what was cut off before stays so. */
  public Future<Void> cut(Map<Integer, Long> firstKept) {
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    firstKept.forEach(
        (lane, offset) ->
            all.put(
                new TopicPartition(settings.journalTopic(), lane),
                RecordsToDelete.beforeOffset(offset)));
    return connection()
        .compose(
            connection ->
                vertx.executeBlocking(
                    () -> connection.admin().deleteRecords(all).all().get(), false));
  }

  private Future<Connection> connection() {
    if (connected == null || connected.failed()) {
      connected = vertx.executeBlocking(this::connect, false);
    }
    return connected;
  }

  private Connection connect() throws InterruptedException {
    Admin admin = JournalTopic.admin(settings);
    try {
      JournalTopic.ensure(admin, settings, lanes);
      return new Connection(
          StreamProducer.of(vertx, settings, settings.journalTopic(), "journal", meters), admin);
    } catch (RuntimeException | InterruptedException unusable) {
      admin.close();
      throw unusable;
    }
  }

  /** Lets go of the brokers; what is not appended after {@code timeoutMs} may be lost. */
  public Future<Void> close(long timeoutMs) {
    if (connected == null || !connected.succeeded()) {
      return Future.succeededFuture();
    }
    Connection open = connected.result();
    return open.producer()
        .close(timeoutMs)
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      open.admin().close(Duration.ofMillis(timeoutMs));
                      return null;
                    },
                    false));
  }
}
