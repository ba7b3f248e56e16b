package chat.parley.kafka;

import chat.parley.model.Shard;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.kafka.client.producer.KafkaProducerRecord;
import io.vertx.kafka.client.producer.RecordMetadata;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteRecordsResult;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * A journal whose brokers are in memory and can be held, so that they answer for nothing. A {@link
 * Journal} makes its connection itself: the one of here is put in its place by reflection.
 */
public final class HeldJournal {
  private final Map<Integer, List<byte[]>> lanes = new HashMap<>();
  private final List<Integer> marked = new ArrayList<>();
  private final List<Map<Integer, Long>> cuts = new ArrayList<>();
  private final List<Runnable> unanswered = new ArrayList<>();
  private final Journal journal;
  private boolean held;

  /** One that answers at once. */
  public HeldJournal() {
    MeterRegistry meters = new SimpleMeterRegistry();
    Vertx vertx =
        stub(Vertx.class, "executeBlocking", arguments -> blocking((Callable<?>) arguments[0]));
    journal = new Journal(vertx, KafkaSettings.defaults(), Shard.COUNT, meters);
    @SuppressWarnings("unchecked")
    KafkaProducer<String, byte[]> producer =
        stub(
            KafkaProducer.class,
            "send",
            arguments -> send((KafkaProducerRecord<?, ?>) arguments[0]));
    Admin admin = stub(Admin.class, "deleteRecords", arguments -> cut((Map<?, ?>) arguments[0]));
    try {
      StreamProducer stream =
          new StreamProducer(
              vertx, "journal", "journal", Long.MAX_VALUE, () -> producer, false, meters);
      Class<?> connection = Class.forName(Journal.class.getName() + "$Connection");
      Field connected = Journal.class.getDeclaredField("connected");
      connected.setAccessible(true);
      connected.set(journal, Future.succeededFuture(made(connection, stream, admin)));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("the journal is built in another way now", e);
    }
  }

  /** What to give to whoever wants a journal. */
  public Journal journal() {
    return journal;
  }

  /** From now on it takes records and does not answer for them. */
  public synchronized void hold() {
    held = true;
  }

  /** It answers for what it has, each time on the context that asked, and from now on at once. */
  public synchronized void answer() {
    held = false;
    unanswered.forEach(Runnable::run);
    unanswered.clear();
  }

  /** How many records it has not answered for. */
  public synchronized int unanswered() {
    return unanswered.size();
  }

  /** The offsets by lane before which it was told to drop everything, one call after the other. */
  public synchronized List<Map<Integer, Long>> cuts() {
    return List.copyOf(cuts);
  }

  private synchronized Future<RecordMetadata> send(KafkaProducerRecord<?, ?> record) {
    int lane = record.partition();
    byte[] value = (byte[]) record.value();
    List<byte[]> values = lanes.computeIfAbsent(lane, any -> new ArrayList<>());
    values.add(value);
    RecordMetadata metadata = new RecordMetadata(values.size() - 1L, lane, 0, record.topic());
    if (value.length == 0) {
      marked.add(lane);
    } else if (held) {
      Promise<RecordMetadata> answer = Promise.promise();
      Context asker = Vertx.currentContext();
      unanswered.add(() -> asker.runOnContext(run -> answer.complete(metadata)));
      return answer.future();
    }
    return Future.succeededFuture(metadata);
  }

  /** A read, which would begin a consumer, or whatever else a journal does on a worker thread. */
  private synchronized Future<?> blocking(Callable<?> work) throws Exception {
    Object result = marked.isEmpty() ? work.call() : read();
    Promise<Object> later = Promise.promise();
    Vertx.currentContext().runOnContext(run -> later.complete(result));
    return later.future();
  }

  private Map<Integer, Journal.Lane> read() {
    Map<Integer, Journal.Lane> read = new HashMap<>();
    for (int lane : marked) {
      List<byte[]> values = lanes.get(lane);
      List<byte[]> records = values.stream().filter(value -> value.length > 0).toList();
      read.put(lane, new Journal.Lane(records, values.size()));
    }
    marked.clear();
    return read;
  }

  private synchronized DeleteRecordsResult cut(Map<?, ?> firstKept) {
    Map<Integer, Long> cut = new HashMap<>();
    firstKept.forEach(
        (partition, before) ->
            cut.put(
                ((TopicPartition) partition).partition(),
                ((RecordsToDelete) before).beforeOffset()));
    cuts.add(cut);
    return new DeleteRecordsResult(Map.of());
  }

  private static <T> T made(Class<T> type, Object... arguments)
      throws ReflectiveOperationException {
    Constructor<?> only = type.getDeclaredConstructors()[0];
    only.setAccessible(true);
    return type.cast(only.newInstance(arguments));
  }

  private interface Answer {
    Object to(Object[] arguments) throws Exception;
  }

  private static <T> T stub(Class<T> type, String answered, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (!method.getName().equals(answered)) {
                throw new AssertionError("nobody plays " + method);
              }
              return answer.to(arguments);
            }));
  }
}
