package chat.parley.log;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.event.Change;
import chat.parley.log.LogStore.ActiveMark;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.Shard;
import chat.parley.turns.Rounds;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Timer;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that this node owns, and appends to their conversations. Everything runs on the
 * context that made it; call it from there only.
 */
public final class OwnedLog implements Outbox, LogHost {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedLog.class);
  private static final long RETRY_MS = 200;
  private static final long RECOVERED_AFTER_MS = 1_000;

  /** So long a question waits for a recovery: others are asked about in the same breath. */
  private static final long HEAD_WITHIN_MS = 500;

  /** Sooner than who sends gives up, who would not hear then that nothing was done. */
  private static final long OPEN_WITHIN_MS = 4_000;

  /**
   * When thousands of devices come back, each asks for heads in most shards. Without a pause the
   * reads that fence their answers would follow each other as fast as the store gives them.
   */
  private static final long BETWEEN_QUESTIONS_MS = 20;

  private final Vertx vertx;
  private final Context context;
  private final LogStore store;
  private final MessageLog reads;
  private final BarrierReader barrier;

  /** Of its own: a question of very many shards must not hold up the acks of one. */
  private final BarrierReader questions;

  private final LogSettings settings;
  private final Settler settler;
  private final Clock clock;
  private final BucketLimits bucketLimits;
  private final LogMeters meters;
  private final WriteAhead ahead;
  private final Map<Integer, OwnedShard> shards = new ConcurrentHashMap<>();
  private final Recoveries recoveries;
  private Listener listener;
  private volatile int large;
  private volatile int unrecovered;
  private boolean cutting;

  OwnedLog(
      Vertx vertx,
      LogStore store,
      MessageLog reads,
      LogSettings settings,
      Settler settler,
      Clock clock,
      BucketLimits bucketLimits,
      LogMeters meters,
      WriteAhead ahead) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = store;
    this.recoveries = new Recoveries(vertx, store);
    this.reads = reads;
    this.barrier = new BarrierReader(store);
    this.questions = new BarrierReader(store, () -> vertx.timer(BETWEEN_QUESTIONS_MS).mapEmpty());
    this.settings = settings;
    this.settler = settler;
    this.clock = clock;
    this.bucketLimits = bucketLimits;
    this.meters = meters;
    this.ahead = ahead;
  }

  /** The mode of a conversation that is in memory, so that opening it costs nothing. */
  public Optional<AckMode> modeInMemory(ConversationId conversation) {
    return inMemory(conversation).map(OwnedConversation::mode);
  }

  /**
   * Opens a conversation for appends: recovers it if need be, then loads what the caller keeps
   * beside it, once for as long as this node owns it: a {@link SizeRule} says the sizes of the
   * changes to come. {@code mode} is the same at every call.
   *
   * @return fails with NOT_OWNER where its shard is not held here, with UNAVAILABLE where it is not
   *     recovered in time, or is buffered and the journal, which may have some of it, cannot be
   *     read
   */
  public <T> Future<OpenConversation<T>> open(
      ConversationId conversation, AckMode mode, Supplier<Future<T>> attachment) {
    OwnedShard held = shards.get(Shard.of(conversation));
    if (held == null) {
      return notOwner();
    }
    // Looked at before: whoever waits for what never ends is remembered for as long.
    Optional<FailureException> closed = closed(held, conversation);
    if (closed.isPresent()) {
      return Future.failedFuture(closed.get());
    }
    Future<OwnedConversation> opened = openInTurn(held, conversation, mode == AckMode.BUFFERED);
    inMemory(conversation).ifPresent(OwnedConversation::used);
    return closed(held, conversation)
        .map(Future::<OpenConversation<T>>failedFuture)
        .orElseGet(
            () ->
                soon(opened, mode == AckMode.BUFFERED)
                    .compose(
                        owned ->
                            owned
                                .attachment(attachment)
                                .map(attached -> new OpenConversation<>(owned, attached))));
  }

  /** Why a conversation that is being opened will not be open soon. */
  private Optional<FailureException> closed(OwnedShard held, ConversationId conversation) {
    OwnedConversation owned = held.conversations.get(conversation);
    if (owned == null) {
      return Optional.empty();
    }
    if (owned.isWaitingForJournal()) {
      return held.isJournalAway()
          ? Optional.of(
              new FailureException(
                  Failure.UNAVAILABLE, "the event stream does not answer", RETRY_MS))
          : Optional.empty();
    }
    return owned.isStuck(Recoveries.STUCK_MS) ? Optional.of(beingRecovered()) : Optional.empty();
  }

  /** Buffered ones wait for the journal, all at once. */
  private Future<OwnedConversation> openInTurn(
      OwnedShard held, ConversationId conversation, boolean buffered) {
    boolean now =
        !held.isAsked(conversation)
            && (buffered
                || held.isPublished(conversation)
                || held.conversations.containsKey(conversation));
    return now
        ? open(held, conversation, buffered)
        : recoveries.ask(
            held,
            conversation,
            () -> owns(held.shard, held.epoch) ? open(held, conversation, false) : notOwner());
  }

  /**
   * Who is refused here does nothing later, when it is open after all. The first read of a shard's
   * journal may take longer; that it fails is heard of.
   */
  private Future<OwnedConversation> soon(Future<OwnedConversation> opened, boolean buffered) {
    if (buffered || opened.isComplete()) {
      return opened;
    }
    Promise<OwnedConversation> answer = Promise.promise();
    Timer late = vertx.timer(OPEN_WITHIN_MS);
    late.onSuccess(passed -> answer.tryFail(beingRecovered()));
    opened
        .onSuccess(answer::tryComplete)
        .onFailure(answer::tryFail)
        .onComplete(done -> late.cancel());
    return answer.future();
  }

  private static FailureException beingRecovered() {
    return new FailureException(
        Failure.UNAVAILABLE, "the conversation is being recovered", RECOVERED_AFTER_MS);
  }

  /**
   * The committed head of a conversation of a shard held here, no older than this call; fails with
   * NOT_OWNER elsewhere, and where it is not recovered yet; with UNAVAILABLE and a time to come
   * back where its recovery comes no further. Where a buffered one waits for the journal it is the
   * published head, which may be less.
   */
  public Future<Position> head(ConversationId conversation) {
    return sizedHead(conversation).map(LogHead::position);
  }

  /** The same as {@link #head}, with the size that the conversation has there. */
  public Future<LogHead> sizedHead(ConversationId conversation) {
    OwnedShard shard = shards.get(Shard.of(conversation));
    OwnedConversation owned = shard == null ? null : shard.conversations.get(conversation);
    if (shard == null || owned == null && !shard.isPublished(conversation)) {
      return notOwner();
    }
    return owned == null || owned.isWaitingForJournal()
        ? publishedHead(shard, conversation)
        : openedSoon(owned)
            .map(opened -> owned.sizedHead())
            .compose(head -> confirm(shard.shard, shard.epoch).map(head));
  }

  private static boolean isStuck(OwnedShard shard, ConversationId conversation) {
    OwnedConversation owned = shard == null ? null : shard.conversations.get(conversation);
    return owned != null && !owned.isWaitingForJournal() && owned.isStuck(Recoveries.STUCK_MS);
  }

  private Future<LogHead> publishedHead(OwnedShard shard, ConversationId conversation) {
    return store
        .published(conversation)
        .map(LogHead::of)
        .compose(head -> confirm(shard.shard, shard.epoch).map(head));
  }

  private Future<Void> openedSoon(OwnedConversation owned) {
    Future<Void> opened = owned.opened();
    if (opened.isComplete()) {
      return opened;
    }
    if (owned.isStuck(Recoveries.STUCK_MS)) {
      return Future.failedFuture(beingRecovered());
    }
    Timer late = vertx.timer(HEAD_WITHIN_MS);
    return Future.any(opened.otherwiseEmpty(), late)
        .onComplete(first -> late.cancel())
        .compose(first -> opened.succeeded() ? opened : notOwner());
  }

  /**
   * The same, but empty for a conversation that rests. Of that all is in the stream, and nothing
   * has been appended or put into the stream for {@link LogSettings#idleMs}: it would else be in
   * memory, where also a new owner has everything that the one before had not let go of.
   *
   * <p>Of one whose recovery comes no further it is the published head: what is above it is told
   * live when it is recovered, and its members need not wait with all of their conversations for
   * what may never come.
   */
  public Future<Optional<LogHead>> headUnlessResting(ConversationId conversation) {
    OwnedShard shard = shards.get(Shard.of(conversation));
    boolean rests =
        shard != null
            && shard.isPublished(conversation)
            && !shard.conversations.containsKey(conversation);
    return rests
        ? confirm(shard.shard, shard.epoch).map(Optional.empty())
        : (isStuck(shard, conversation)
                ? publishedHead(shard, conversation)
                : sizedHead(conversation))
            .map(Optional::of);
  }

  /**
   * Completes where this node owned the conversation's shard after this call had begun, so that
   * what was refused for what its memory says is rightly refused; fails with NOT_OWNER else. An
   * owner that was taken over, and does not know it yet, would speak of a past: a read needs what
   * an append has in its barrier (Ongaro's thesis on Raft, 6.4, calls it a read index).
   */
  public Future<Void> confirm(ConversationId conversation) {
    OwnedShard shard = shards.get(Shard.of(conversation));
    if (shard == null) {
      return notOwner();
    }
    // A removal that is numbered and not durable yet may never have been.
    OwnedConversation owned = shard.conversations.get(conversation);
    return owned == null ? confirm(shard.shard, shard.epoch) : owned.acknowledged();
  }

  /** How long a conversation must be left alone before it rests. */
  public long restingAfterMs() {
    return settings.idleMs();
  }

  /** How many shards are held; callable from any thread. */
  public int shardsHeld() {
    return shards.size();
  }

  /** How many conversations are in memory; callable from any thread. */
  public int conversationsInMemory() {
    return shards.values().stream().mapToInt(shard -> shard.conversations.size()).sum();
  }

  /** How many of them are large, as of the last {@link #tidy}; callable from any thread. */
  public int largeInMemory() {
    return large;
  }

  /**
   * How many conversations that former owners had open are not recovered yet, as of the last {@link
   * #tidy}; callable from any thread.
   */
  public int unrecovered() {
    return unrecovered;
  }

  @Override
  public void subscribe(Listener subscriber) {
    this.listener = subscriber;
  }

  @Override
  public void published(ConversationId conversation, Position position) {
    inMemory(conversation).ifPresent(owned -> owned.published(position));
  }

  @Override
  public Future<List<Change>> read(ConversationId conversation, long from, int limit) {
    return inMemory(conversation)
        .map(
            owned ->
                owned
                    .opened()
                    .compose(
                        open ->
                            reads.ascending(conversation, from, owned.head().changeSeq(), limit))
                    .map(changes -> changes.stream().map(StoredMentions::restore).toList()))
        .orElseGet(OwnedLog::notOwner);
  }

  /**
   * Stores published marks that have moved, and forgets conversations that are idle. Called every
   * while.
   */
  Future<Void> tidy() {
    List<Future<Void>> saved = new ArrayList<>();
    int largeOnes = 0;
    int left = 0;
    for (OwnedShard shard : shards.values()) {
      left += shard.unrecovered();
      for (OwnedConversation owned : List.copyOf(shard.conversations.values())) {
        saved.add(owned.savePublished());
        largeOnes += owned.sizedHead().large() ? 1 : 0;
        if (owned.isIdle()) {
          forget(shard, owned);
        }
      }
    }
    large = largeOnes;
    unrecovered = left;
    cutJournal();
    return Future.join(saved).mapEmpty();
  }

  /** Not waited for: it needs the stream, and the caller beats for this node. */
  private void cutJournal() {
    List<Future<?>> fenced = new ArrayList<>();
    Map<OwnedShard, Long> cuts = new HashMap<>();
    for (OwnedShard held : shards.values()) {
      long firstKept = held.mark.firstKept();
      if (firstKept > held.cutBefore && !cutting) {
        fenced.add(
            barrier
                .epochOf(held.shard)
                .onSuccess(
                    epoch -> {
                      if (epoch == held.epoch) {
                        cuts.put(held, firstKept);
                      }
                    }));
      }
    }
    if (fenced.isEmpty()) {
      return;
    }
    cutting = true;
    Future.join(fenced)
        .otherwiseEmpty()
        .compose(done -> ahead.cut(cuts))
        .onSuccess(done -> cuts.forEach((held, firstKept) -> held.cutBefore = firstKept))
        .onFailure(kept -> LOG.atInfo().log("the journal is cut later: {}", kept.toString()))
        .onComplete(done -> cutting = false);
  }

  /**
   * Out of memory first: a send that comes now opens it anew, and its mark outweighs this clearing,
   * whichever of them comes first to the store. Whoever opened it before and has not used it yet
   * must not write beside them, under the same epoch.
   */
  private void forget(OwnedShard shard, OwnedConversation owned) {
    shard.conversations.remove(owned.id(), owned);
    owned.stepDown();
    listener.lost(owned.id());
    store
        .clearActive(shard.shard, shard.epoch, List.of(shard.epoch), owned.id())
        .onFailure(kept -> LOG.atDebug().log("an idle conversation keeps its mark"));
  }

  /** The epoch under which a shard is held; empty where it is not. */
  Optional<Long> epochOf(int shard) {
    return Optional.ofNullable(shards.get(shard)).map(held -> held.epoch);
  }

  /**
   * Begins to own a shard, which serves from now on, each conversation as soon as it is recovered;
   * completes when all that older epochs left is.
   */
  Future<Void> hold(int shard, long epoch) {
    long startedAt = System.nanoTime();
    OwnedShard held = new OwnedShard(shard, epoch);
    shards.put(shard, held);
    return Rounds.whileMore(() -> recoverUnlessLater(held))
        .onSuccess(recovered -> meters.recovered(startedAt));
  }

  /** Whether it is to be tried again, as long as the store is away. */
  private Future<Boolean> recoverUnlessLater(OwnedShard held) {
    return recoverMarked(held)
        .map(false)
        .recover(
            cause ->
                owns(held.shard, held.epoch)
                    ? vertx.timer(RETRY_MS).map(true)
                    : Future.failedFuture(cause));
  }

  private Future<Void> recoverMarked(OwnedShard held) {
    return store
        .active(held.shard)
        .compose(
            marks -> {
              Map<ConversationId, List<Long>> left = older(marks, held.epoch, false);
              Map<ConversationId, List<Long>> buffered = older(marks, held.epoch, true);
              held.mustRecover(left.keySet(), buffered.keySet());
              // Not waited for: these need the stream, and no other conversation does.
              if (!held.recoversBuffered) {
                held.recoversBuffered = true;
                recoverBuffered(held, buffered);
              }
              return recoverInTurn(held, left);
            });
  }

  private void recoverBuffered(OwnedShard held, Map<ConversationId, List<Long>> older) {
    recoverAtOnce(held, older)
        .onSuccess(recovered -> held.bufferedRecovered())
        .onFailure(
            cause -> {
              if (owns(held.shard, held.epoch)) {
                vertx.setTimer(RETRY_MS, fired -> recoverBuffered(held, older));
              }
            });
  }

  private Future<Void> recoverInTurn(OwnedShard held, Map<ConversationId, List<Long>> older) {
    List<Future<Void>> recovered = new ArrayList<>();
    older.forEach(
        (conversation, epochs) ->
            recovered.add(
                recoveries.add(
                    held, conversation, () -> recover(held, conversation, epochs, false))));
    return Future.join(recovered).mapEmpty();
  }

  /** All are in memory from here on: none may be taken for one that rests. */
  private Future<Void> recoverAtOnce(OwnedShard held, Map<ConversationId, List<Long>> older) {
    List<Future<Void>> recovered = new ArrayList<>();
    older.forEach(
        (conversation, epochs) -> recovered.add(recover(held, conversation, epochs, true)));
    return Future.join(recovered).mapEmpty();
  }

  private Future<Void> recover(
      OwnedShard held, ConversationId conversation, List<Long> epochs, boolean buffered) {
    return owns(held.shard, held.epoch)
        ? open(held, conversation, buffered)
            .compose(owned -> store.clearActive(held.shard, held.epoch, epochs, conversation))
        : notOwner();
  }

  /** The epochs below {@code epoch} that have marks, by conversation. */
  private static Map<ConversationId, List<Long>> older(
      List<ActiveMark> marks, long epoch, boolean buffered) {
    Map<ConversationId, List<Long>> older = new HashMap<>();
    for (ActiveMark mark : marks) {
      if (mark.epoch() < epoch && mark.buffered() == buffered) {
        older.computeIfAbsent(mark.conversation(), any -> new ArrayList<>()).add(mark.epoch());
      }
    }
    return older;
  }

  /** Stops owning a shard: unacknowledged appends fail with NOT_OWNER. */
  void release(int shard) {
    OwnedShard held = shards.remove(shard);
    if (held != null) {
      held.turns.values().forEach(turn -> turn.tryFail(movedAway()));
      held.conversations
          .values()
          .forEach(
              owned -> {
                owned.stepDown();
                listener.lost(owned.id());
              });
    }
  }

  private Future<OwnedConversation> open(
      OwnedShard held, ConversationId conversation, boolean buffered) {
    OwnedConversation known = held.conversations.get(conversation);
    if (known != null) {
      return known.opened().map(known);
    }
    JournalWay journal = buffered ? new JournalWay(ahead, barrier, held) : null;
    OwnedConversation owned = new OwnedConversation(this, conversation, held, journal);
    held.conversations.put(conversation, owned);
    owned.opened().onSuccess(recovered -> held.recovered(conversation));
    owned.open();
    return owned.opened().map(owned);
  }

  private Optional<OwnedConversation> inMemory(ConversationId conversation) {
    return Optional.ofNullable(shards.get(Shard.of(conversation)))
        .map(shard -> shard.conversations.get(conversation));
  }

  private static <T> Future<T> notOwner() {
    return Future.failedFuture(movedAway());
  }

  private static FailureException movedAway() {
    return new FailureException(Failure.NOT_OWNER, "this node does not hold the shard");
  }

  // ---- what the conversations need

  @Override
  public LogStore store() {
    return store;
  }

  @Override
  public MessageLog reads() {
    return reads;
  }

  @Override
  public BarrierReader barrier() {
    return barrier;
  }

  @Override
  public LogMeters meters() {
    return meters;
  }

  @Override
  public Settler settler() {
    return settler;
  }

  @Override
  public LogSettings settings() {
    return settings;
  }

  @Override
  public BucketLimits bucketLimits() {
    return bucketLimits;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public boolean owns(int shard, long epoch) {
    OwnedShard held = shards.get(shard);
    return held != null && held.epoch == epoch;
  }

  @Override
  public Future<Void> confirm(int shard, long epoch) {
    return questions
        .epochOf(shard)
        .compose(
            seen -> {
              if (seen == epoch && owns(shard, epoch)) {
                return Future.succeededFuture();
              }
              lose(shard, epoch);
              return notOwner();
            });
  }

  @Override
  public void lose(int shard, long epoch) {
    if (owns(shard, epoch)) {
      LOG.atInfo()
          .addKeyValue("shard", shard)
          .addKeyValue("epoch", epoch)
          .log("shard taken over by another node");
      release(shard);
    }
  }

  @Override
  public void committed(ConversationId conversation, long after, List<Change> changes) {
    Objects.requireNonNull(listener, "a relay must listen").committed(conversation, after, changes);
  }

  @Override
  public void later(long delayMs, Runnable step) {
    vertx.setTimer(delayMs, fired -> context.runOnContext(run -> step.run()));
  }
}
