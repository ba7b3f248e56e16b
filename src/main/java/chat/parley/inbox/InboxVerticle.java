package chat.parley.inbox;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.InboxMessages;
import chat.parley.bus.InboxMessages.ChangeOwnSettings;
import chat.parley.bus.InboxMessages.ChangeSettings;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.ReadsMoved;
import chat.parley.bus.InboxMessages.StateQuery;
import chat.parley.bus.ReceiptMessages.ReceiptsChosen;
import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.event.StreamRecord;
import chat.parley.kafka.ConsumerGroup;
import chat.parley.kafka.Continuity;
import chat.parley.kafka.InOrderConsumer;
import chat.parley.kafka.KafkaSettings;
import chat.parley.log.MessageLog;
import chat.parley.model.UserId;
import chat.parley.personal.InboxRows;
import chat.parley.personal.PersonalSettings;
import chat.parley.personal.PrivateReceipts;
import chat.parley.registry.ClusterView;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.ShardRouter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inbox stage of a node: makes the rows of inboxes from the stream, and answers {@link
 * Addresses#INBOX}. Several instances share the stream's partitions.
 */
public final class InboxVerticle extends VerticleBase {
  /**
   * What the stage works with.
   *
   * @param rowsAgeMs all that was in the stream so many milliseconds ago is in {@code rows}; {@code
   *     Long.MAX_VALUE} where that is not known
   * @param mayFollow whether the node has time for it now; asked once a batch and second
   */
  public record Parts(
      Bus bus,
      Conversations conversations,
      Cursors cursors,
      PersonalSettings settings,
      PrivateReceipts receipts,
      InboxRows rows,
      LongSupplier rowsAgeMs,
      ConversationScan scan,
      MessageLog log,
      ShardRouter router,
      DeviceRegistry devices,
      ClusterView cluster,
      int fewGateways,
      BooleanSupplier mayFollow,
      Clock clock,
      MeterRegistry meters) {}

  /**
   * A topic of changes, and the group that shares it. All topics in which changes of conversations
   * go must be followed: a row that misses one would pass for whole. So it would if a change was
   * gone before it was followed, which {@code continuity} is told.
   */
  public record Stream(KafkaSettings kafka, String group, Continuity continuity) {}

  private static final Logger LOG = LoggerFactory.getLogger(InboxVerticle.class);

  /** So many records are worth a write, however soon after the last one. */
  private static final int ENOUGH = 200;

  /** Sooner than who asks gives up: what is stored after that would win over their next wish. */
  private static final long HEADS_WITHIN_MS = 2_500;

  private static final long POSTPONE_MS = 1_000;
  private static final int MOST_POSTPONED = 20;

  private final InboxSettings settings;
  private final List<Stream> streams;
  private final Parts parts;
  private final Bus bus;
  private final InboxStates states;
  private final DeviceTeller teller;
  private final List<InOrderConsumer> followed = new ArrayList<>();
  private MessageConsumer<InboxMessages> consumer;
  private long writtenAt;
  private long timer = -1;

  public InboxVerticle(InboxSettings settings, List<Stream> streams, Parts parts) {
    this.settings = settings;
    this.streams = List.copyOf(streams);
    this.parts = parts;
    this.bus = parts.bus();
    this.states =
        new InboxStates(
            parts.conversations(),
            parts.cursors(),
            parts.settings(),
            parts.receipts(),
            parts.log(),
            asked -> parts.router().heads(asked, HEADS_WITHIN_MS),
            parts.clock());
    this.teller =
        new DeviceTeller(
            parts.devices(),
            parts.cluster(),
            parts.fewGateways(),
            (gateway, message) -> bus.send(Addresses.gateway(gateway), message));
  }

  @Override
  public Future<?> start() {
    InboxMeters meters = new InboxMeters(parts.meters(), parts.clock());
    Projection projection =
        new Projection(parts.conversations(), parts.log(), parts.rows(), settings, meters);
    streams.forEach(stream -> followed.add(follow(stream, projection)));
    Sampler sampler = sampler(meters);
    timer = vertx.setPeriodic(settings.sampleMs(), tick -> sample(sampler));
    return bus.answer(Addresses.INBOX, this::answer)
        .onSuccess(opened -> consumer = opened)
        .compose(opened -> Future.all(followed.stream().map(InOrderConsumer::start).toList()));
  }

  private InOrderConsumer follow(Stream stream, Projection projection) {
    return new InOrderConsumer(
        vertx,
        stream.kafka(),
        new ConsumerGroup(stream.group(), parts.cluster().self(), Optional.of(stream.continuity())),
        records ->
            whenDue(records)
                .compose(due -> whenCalm(0))
                .compose(calm -> projection.handle(records)),
        parts.clock(),
        parts.meters());
  }

  private Sampler sampler(InboxMeters meters) {
    return new Sampler(
        parts.scan(),
        parts.log(),
        parts.rows(),
        new TrueRows(parts.conversations(), parts.log(), settings.rowsUpTo()),
        parts.rowsAgeMs(),
        meters,
        new Random());
  }

  private static void sample(Sampler sampler) {
    sampler
        .step()
        .onFailure(cause -> LOG.atDebug().setCause(cause).log("a row could not be compared"));
  }

  /** While a few records wait, others come that go into the same rows. */
  private Future<Void> whenDue(List<StreamRecord> records) {
    long now = parts.clock().millis();
    long due = records.size() >= ENOUGH ? now : writtenAt + settings.gatherMs();
    writtenAt = Math.max(now, Math.min(due, now + settings.gatherMs()));
    return writtenAt == now ? Future.succeededFuture() : vertx.timer(writtenAt - now).mapEmpty();
  }

  /** Slower while the node has too much else to do, but not so slow that its turn is given away. */
  private Future<Void> whenCalm(int postponed) {
    return postponed == MOST_POSTPONED || parts.mayFollow().getAsBoolean()
        ? Future.succeededFuture()
        : vertx.timer(POSTPONE_MS).compose(waited -> whenCalm(postponed + 1));
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(timer);
    Future<Void> silent = consumer == null ? Future.succeededFuture() : consumer.unregister();
    return silent.eventually(
        () -> Future.join(followed.stream().map(InOrderConsumer::close).toList()));
  }

  private Future<? extends InboxMessages> answer(InboxMessages message) {
    if (message instanceof ChangeSettings change) {
      return states.change(change).onSuccess(state -> tell(change, state));
    }
    if (message instanceof ChangeOwnSettings change) {
      return states.own(change).onSuccess(own -> tellReceipts(change));
    }
    if (message instanceof StateQuery query) {
      return states.of(query.userId(), query.conversationId(), query.readSeq());
    }
    if (message instanceof ReadsMoved moved) {
      teller.reads(moved).onFailure(InboxVerticle::untold);
      return Future.succeededFuture();
    }
    return Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "not an inbox command"));
  }

  private void tell(ChangeSettings change, InboxState state) {
    if (change.receipts() != null) {
      receiptsChosen(change.userId());
    }
    teller.settings(change.userId(), change.deviceId(), state).onFailure(InboxVerticle::untold);
  }

  private void tellReceipts(ChangeOwnSettings change) {
    if (change.privateReceipts() != null) {
      receiptsChosen(change.userId());
    }
  }

  private void receiptsChosen(UserId user) {
    bus.publish(Addresses.ALL_RECEIPTS, new ReceiptsChosen(user));
  }

  private static void untold(Throwable cause) {
    LOG.atWarn().setCause(cause).log("a user's other devices could not be told");
  }
}
