package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.Position;
import chat.parley.model.Shard;
import chat.parley.model.UserId;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two owners of the same shards over a real Cassandra: what one has acknowledged, the other finds,
 * and no other way.
 */
class OwnedLogIT {
  private static final UserId USER = new UserId("u");
  private static final DeviceId DEVICE = new DeviceId("d");

  private static Vertx vertx;
  private static CassandraSession session;
  private static LogStore store;
  private static ShardEpochs epochs;
  private static MessageLog reads;

  /** A node's log on a context of its own, with what its outbox heard. */
  private static final class Owner implements Outbox.Listener {
    final Context context = vertx.getOrCreateContext();
    final List<Change> published = new CopyOnWriteArrayList<>();
    final OwnedLog log;

    Owner(BucketLimits limits) {
      log =
          on(
              () ->
                  Future.succeededFuture(
                      new OwnedLog(
                          vertx,
                          store,
                          reads,
                          LogSettings.defaults(),
                          (conversation, changes) -> Future.succeededFuture(),
                          Clock.systemUTC(),
                          limits,
                          new LogMeters(new SimpleMeterRegistry()))));
      on(
          () -> {
            log.subscribe(this);
            return Future.succeededFuture();
          });
    }

    Owner() {
      this(BucketLimits.DEFAULT);
    }

    /** Takes the conversation's shard, whoever holds it. */
    long take(ConversationId conversation) {
      int shard = Shard.of(conversation);
      long seen =
          epochs.all().await().stream()
              .filter(register -> register.shard() == shard)
              .mapToLong(ShardEpochs.Register::epoch)
              .findFirst()
              .orElse(0);
      assertThat(epochs.take(shard, seen, "test").await()).isTrue();
      on(() -> log.hold(shard, seen + 1));
      return seen + 1;
    }

    Future<Appended> send(ConversationId conversation, String clientMsgId, String text) {
      Promise<Appended> answer = Promise.promise();
      context.runOnContext(
          run ->
              log.open(conversation, () -> Future.succeededFuture("state"))
                  .compose(open -> open.append(new Text(clientMsgId, text)))
                  .onComplete(answer));
      return answer.future();
    }

    Position head(ConversationId conversation) {
      return on(() -> log.head(conversation));
    }

    <T> T on(Supplier<Future<T>> step) {
      Promise<T> done = Promise.promise();
      context.runOnContext(run -> step.get().onComplete(done));
      return done.future().await();
    }

    @Override
    public void committed(ConversationId conversation, long after, List<Change> changes) {
      published.addAll(changes);
    }

    @Override
    public void lost(ConversationId conversation) {}
  }

  private record Text(String clientMsgId, String text) implements Draft {
    @Override
    public ChangeType type() {
      return ChangeType.MESSAGE_NEW;
    }

    @Override
    public UserId actorId() {
      return USER;
    }

    @Override
    public UserId subjectId() {
      return null;
    }

    @Override
    public SendKey key() {
      return new SendKey(USER, DEVICE, new ClientMsgId(clientMsgId), text.hashCode());
    }

    @Override
    public void admit() {}

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      return ("{\"message\":{\"senderId\":\"u\",\"senderDeviceId\":\"d\",\"clientMsgId\":\""
              + clientMsgId
              + "\",\"body\":{\"text\":\""
              + text
              + "\"}}}")
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    CassandraSettings settings = SharedStack.cassandra("log_it");
    session = CassandraConnector.connect(vertx, settings, new SimpleMeterRegistry()).await();
    store = CassandraLogStore.over(session).await();
    epochs = CassandraShardEpochs.over(session).await();
    reads = CassandraMessageLog.over(session, store).await();
  }

  @AfterAll
  static void close() {
    session.close().await();
    vertx.close().await();
  }

  @Test
  void anOwnerThatWasRobbedAcknowledgesNothingMore() {
    ConversationId conversation = fresh();
    Owner first = new Owner();
    first.take(conversation);
    Change kept = first.send(conversation, "a", "one").await().change();
    Owner thief = new Owner();
    thief.take(conversation);

    Future<Appended> late = first.send(conversation, "b", "two");

    assertThat(settled(late).cause())
        .isInstanceOfSatisfying(
            FailureException.class,
            refused -> assertThat(refused.failure()).isEqualTo(Failure.NOT_OWNER));
    assertThat(first.published).extracting(Change::changeSeq).containsExactly(1L);
    Appended next = thief.send(conversation, "c", "three").await();
    assertThat(texts(conversation, next.change().changeSeq())).startsWith("one").endsWith("three");
    assertThat(reads.ascending(conversation, 1, 1, 1).await().get(0).payload())
        .isEqualTo(kept.payload());
  }

  @Test
  void aRetryAtTheNextOwnerGetsTheFirstAnswer() {
    ConversationId conversation = fresh();
    Owner first = new Owner();
    first.take(conversation);
    Appended sent = first.send(conversation, "retry-me", "hello").await();
    assertThat(first.send(conversation, "retry-me", "hello").await().replayed()).isTrue();
    Owner second = new Owner();
    second.take(conversation);

    Appended again = second.send(conversation, "retry-me", "hello").await();
    Future<Appended> reused = settled(second.send(conversation, "retry-me", "something else"));

    assertThat(again.replayed()).isTrue();
    assertThat(again.change().changeSeq()).isEqualTo(sent.change().changeSeq());
    assertThat(reused.cause())
        .isInstanceOfSatisfying(
            FailureException.class,
            refused -> assertThat(refused.failure()).isEqualTo(Failure.IDEMPOTENCY_MISMATCH));
    assertThat(second.head(conversation).changeSeq()).isEqualTo(1);
  }

  @Test
  void whatIsSentAtOnceIsDenseInOrderAndOnce() {
    ConversationId conversation = fresh();
    Owner owner = new Owner();
    owner.take(conversation);
    List<Future<Appended>> sends = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sends.add(owner.send(conversation, "m" + i, "text " + i));
      if (i % 3 == 0) {
        sends.add(owner.send(conversation, "m" + i, "text " + i));
      }
    }
    Future.all(sends).await();

    assertThat(owner.head(conversation).changeSeq()).isEqualTo(300);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      expected.add("text " + i);
    }
    assertThat(texts(conversation, 300)).isEqualTo(expected);
    assertThat(owner.published).extracting(Change::changeSeq).isSorted().hasSize(300);
  }

  @Test
  void aLogOfManyBucketsIsReadAndRecoveredAcrossThem() {
    ConversationId conversation = fresh();
    BucketLimits small = new BucketLimits(Duration.ofDays(10), 7, 1 << 20);
    Owner first = new Owner(small);
    first.take(conversation);
    for (int i = 1; i <= 40; i++) {
      first.send(conversation, "m" + i, "text " + i).await();
    }
    Owner second = new Owner(small);
    second.take(conversation);
    Appended next = second.send(conversation, "m41", "text 41").await();

    assertThat(next.change().changeSeq()).isEqualTo(41);
    assertThat(second.send(conversation, "m3", "text 3").await().replayed()).isTrue();
    assertThat(texts(conversation, 41)).hasSize(41).startsWith("text 1").endsWith("text 41");
    assertThat(reads.descending(conversation, 41, 1, 100).await())
        .extracting(Change::changeSeq)
        .first()
        .isEqualTo(41L);
    assertThat(store.tail(conversation, 3, 1, 100).await()).isNotEmpty();
    // Nothing was published to a stream: the new owner hands all of it to its outbox, from the
    // first number on.
    assertThat(second.published).extracting(Change::changeSeq).startsWith(1L).endsWith(41L);
  }

  @Test
  void oneOfTwoThievesGetsTheEpoch() {
    ConversationId conversation = fresh();
    Owner owner = new Owner();
    long epoch = owner.take(conversation);
    int shard = Shard.of(conversation);

    List<Future<Boolean>> attempts =
        List.of(epochs.take(shard, epoch, "x"), epochs.take(shard, epoch, "y"));
    Future.join(attempts).await();

    assertThat(attempts).extracting(Future::result).containsExactlyInAnyOrder(true, false);
  }

  private static List<String> texts(ConversationId conversation, long bound) {
    return reads.ascending(conversation, 1, bound, 10_000).await().stream()
        .map(
            change ->
                new JsonObject(Buffer.buffer(change.payload()))
                    .getJsonObject("message")
                    .getJsonObject("body")
                    .getString("text"))
        .toList();
  }

  private static ConversationId fresh() {
    return new ConversationId(Ids.fresh());
  }

  private static <T> Future<T> settled(Future<T> future) {
    return Future.join(List.of(future)).otherwiseEmpty().map(future).await();
  }
}
