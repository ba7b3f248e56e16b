package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.kafka.Journal;
import chat.parley.model.AckMode;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.MessageId;
import chat.parley.model.Position;
import chat.parley.model.Shard;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A node's log on a context of its own, with what its outbox heard. */
final class TestOwner implements Outbox.Listener {
  private static final UserId USER = new UserId("u");
  private static final DeviceId DEVICE = new DeviceId("d");

  final List<Change> published = new CopyOnWriteArrayList<>();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final LogStack stack;
  private final Context context;
  private final OwnedLog log;

  TestOwner(LogStack stack, LogStore store, Journal journal, BucketLimits limits) {
    this(stack, store, journal, limits, stack.amendments());
  }

  TestOwner(
      LogStack stack, LogStore store, Journal journal, BucketLimits limits, Amendments amendments) {
    this(stack, store, journal, limits, amendments, LogSettings.defaults(), Clock.systemUTC());
  }

  private TestOwner(
      LogStack stack,
      LogStore store,
      Journal journal,
      BucketLimits limits,
      Amendments amendments,
      LogSettings settings,
      Clock clock) {
    this.stack = stack;
    this.context = stack.vertx().getOrCreateContext();
    this.log =
        on(
            () ->
                Future.succeededFuture(
                    new OwnedLog(
                        stack.vertx(),
                        store,
                        stack.reads(),
                        settings,
                        new AmendingSettler(
                            amendments, (conversation, changes) -> Future.succeededFuture()),
                        clock,
                        limits,
                        new LogMeters(meters),
                        new WriteAhead(journal))));
    on(
        () -> {
          log.subscribe(this);
          return Future.succeededFuture();
        });
  }

  TestOwner(LogStack stack) {
    this(stack, stack.store(), stack.journal(), BucketLimits.DEFAULT);
  }

  /** One whose days pass by hand. */
  TestOwner(LogStack stack, BucketLimits limits, Clock clock) {
    this(
        stack,
        stack.store(),
        stack.journal(),
        limits,
        stack.amendments(),
        LogSettings.defaults(),
        clock);
  }

  /** One that forgets at each {@link #tidy} what is not being used. */
  static TestOwner forgetful(LogStack stack) {
    return with(stack, LogSettings.defaults().maxQueued(), -1);
  }

  /** One that lets so many changes of a conversation wait. */
  static TestOwner ofShortQueues(LogStack stack, int maxQueued) {
    return with(stack, maxQueued, LogSettings.defaults().idleMs());
  }

  private static TestOwner with(LogStack stack, int maxQueued, long idleMs) {
    LogSettings usual = LogSettings.defaults();
    return new TestOwner(
        stack,
        stack.store(),
        stack.journal(),
        BucketLimits.DEFAULT,
        stack.amendments(),
        new LogSettings(
            usual.beatMs(),
            usual.maxGroupChanges(),
            usual.maxGroupBytes(),
            maxQueued,
            usual.publishedEveryMs(),
            idleMs),
        Clock.systemUTC());
  }

  /** Opens the conversation for a send that comes later. */
  Future<OpenConversation<String>> open(ConversationId conversation, Future<String> attachment) {
    Promise<OpenConversation<String>> opened = Promise.promise();
    context.runOnContext(
        run -> log.open(conversation, AckMode.PERSISTED, () -> attachment).onComplete(opened));
    return opened.future();
  }

  Future<Appended> send(OpenConversation<String> open, String clientMsgId) {
    Promise<Appended> answer = Promise.promise();
    context.runOnContext(run -> open.append(new Text(clientMsgId, "text")).onComplete(answer));
    return answer.future();
  }

  /** Takes the conversation's shard, whoever holds it. */
  long take(ConversationId conversation) {
    int shard = Shard.of(conversation);
    long epoch = takeEpoch(shard);
    on(() -> log.hold(shard, epoch));
    return epoch;
  }

  /** The same, and does not wait until what was left there is recovered. */
  long beginToTake(ConversationId conversation) {
    int shard = Shard.of(conversation);
    long epoch = takeEpoch(shard);
    context.runOnContext(run -> log.hold(shard, epoch));
    return epoch;
  }

  /** Gives the conversation's shard up. */
  void release(ConversationId conversation) {
    context.runOnContext(run -> log.release(Shard.of(conversation)));
  }

  private long takeEpoch(int shard) {
    long seen =
        stack.epochs().all().await().stream()
            .filter(register -> register.shard() == shard)
            .mapToLong(ShardEpochs.Register::epoch)
            .findFirst()
            .orElse(0);
    assertThat(stack.epochs().take(shard, seen, "test").await()).isTrue();
    return seen + 1;
  }

  /** Waits until it has begun with all that was asked of it so far. */
  void awaitTurn() {
    on(Future::succeededFuture);
  }

  Future<Appended> send(ConversationId conversation, String clientMsgId, String text) {
    return send(conversation, AckMode.PERSISTED, clientMsgId, text);
  }

  Future<Appended> send(
      ConversationId conversation, AckMode mode, String clientMsgId, String text) {
    Promise<Appended> answer = Promise.promise();
    context.runOnContext(
        run ->
            log.open(conversation, mode, () -> Future.succeededFuture("state"))
                .compose(open -> open.append(new Text(clientMsgId, text)))
                .onComplete(answer));
    return answer.future();
  }

  Future<Appended> edit(ConversationId conversation, long target, String text) {
    return append(conversation, new Edit(new MessageId(conversation, target), text));
  }

  /**
   * A change, and behind it in the same group one that is refused and then waits for what was
   * numbered before it: whether the first was acknowledged by then.
   */
  Future<Boolean> wasAcknowledgedForTheRefused(ConversationId conversation) {
    Promise<Boolean> answer = Promise.promise();
    context.runOnContext(
        run ->
            log.open(conversation, AckMode.PERSISTED, () -> Future.succeededFuture("state"))
                .onSuccess(
                    open -> {
                      MessageId message = new MessageId(conversation, 1);
                      open.append(new Edit(message, "under way"));
                      Future<Appended> first = open.append(new Edit(message, "first"));
                      open.append(new Refused())
                          .recover(refused -> open.acknowledged().mapEmpty())
                          .map(waited -> first.succeeded())
                          .onComplete(answer);
                    }));
    return answer.future();
  }

  private Future<Appended> append(ConversationId conversation, Draft draft) {
    Promise<Appended> answer = Promise.promise();
    context.runOnContext(
        run ->
            log.open(conversation, AckMode.PERSISTED, () -> Future.succeededFuture("state"))
                .compose(open -> open.append(draft))
                .onComplete(answer));
    return answer.future();
  }

  Position head(ConversationId conversation) {
    return on(() -> log.head(conversation));
  }

  /** How it answers whether a conversation rests. */
  Future<Optional<LogHead>> headUnlessResting(ConversationId conversation) {
    return outcome(() -> log.headUnlessResting(conversation));
  }

  /** How it answers what a conversation's head is. */
  Future<Position> askHead(ConversationId conversation) {
    return outcome(() -> log.head(conversation));
  }

  /** How it answers whether what it says of a conversation counts. */
  Future<Void> confirm(ConversationId conversation) {
    return outcome(() -> log.confirm(conversation));
  }

  /** Whether everything that was numbered can be read in the log. */
  Future<Void> inLog(OpenConversation<String> open) {
    return outcome(open::inLog);
  }

  /** Whether everything is acknowledged in a conversation in which nothing is under way. */
  Future<Void> acknowledged(OpenConversation<String> open) {
    return outcome(open::acknowledged);
  }

  private <T> Future<T> outcome(Supplier<Future<T>> question) {
    Promise<T> answer = Promise.promise();
    context.runOnContext(run -> question.get().onComplete(answer));
    return answer.future();
  }

  void tidy() {
    on(log::tidy);
  }

  /** The stream has everything up to here. */
  void published(ConversationId conversation, Position position) {
    on(
        () -> {
          log.published(conversation, position);
          return Future.succeededFuture();
        });
  }

  int conversationsInMemory() {
    return log.conversationsInMemory();
  }

  /** Why it was refused, as it must be. */
  static Failure failureOf(Future<?> refused) {
    return Await.failure(refused);
  }

  private <T> T on(Supplier<Future<T>> step) {
    Promise<T> done = Promise.promise();
    context.runOnContext(run -> step.get().onComplete(done));
    return done.future().await();
  }

  @Override
  public void committed(ConversationId conversation, long after, List<Change> changes) {
    published.addAll(changes); // and not said to be in the stream: a next owner begins anew
  }

  @Override
  public void lost(ConversationId conversation) {}

  /** Of no member, and known by no key. */
  private interface Keyless extends Draft {
    @Override
    default UserId actorId() {
      return USER;
    }

    @Override
    default UserId subjectId() {
      return null;
    }

    @Override
    default SendKey key() {
      return null;
    }

    @Override
    default ChangeType type() {
      return ChangeType.MESSAGE_EDIT;
    }

    @Override
    default void admit() {}
  }

  private record Refused() implements Keyless {
    @Override
    public void admit() {
      throw new IllegalStateException("refused");
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      throw new AssertionError();
    }
  }

  private record Edit(MessageId message, String text) implements Keyless {
    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      return ("{\"message\":{\"messageId\":\""
              + message
              + "\",\"body\":{\"text\":\""
              + text
              + "\"}}}")
          .getBytes(StandardCharsets.UTF_8);
    }
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
}
