package chat.parley.log;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.event.Change;
import chat.parley.log.LogStore.ActiveMark;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.Shard;
import io.vertx.core.Context;
import io.vertx.core.Future;
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

  private final Vertx vertx;
  private final Context context;
  private final LogStore store;
  private final MessageLog reads;
  private final BarrierReader barrier;
  private final LogSettings settings;
  private final Settler settler;
  private final Clock clock;
  private final BucketLimits bucketLimits;
  private final LogMeters meters;
  private final Map<Integer, OwnedShard> shards = new ConcurrentHashMap<>();
  private Listener listener;

  OwnedLog(
      Vertx vertx,
      LogStore store,
      MessageLog reads,
      LogSettings settings,
      Settler settler,
      Clock clock,
      BucketLimits bucketLimits,
      LogMeters meters) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = store;
    this.reads = reads;
    this.barrier = new BarrierReader(store);
    this.settings = settings;
    this.settler = settler;
    this.clock = clock;
    this.bucketLimits = bucketLimits;
    this.meters = meters;
  }

  /** Whether the conversation is in memory, so that opening it costs nothing. */
  public boolean isOpen(ConversationId conversation) {
    return inMemory(conversation).isPresent();
  }

  /**
   * Opens a conversation for appends: recovers it if need be, then loads what the caller keeps
   * beside it, once for as long as this node owns it. Fails with NOT_OWNER where its shard is not
   * held here.
   */
  public <T> Future<OpenConversation<T>> open(
      ConversationId conversation, Supplier<Future<T>> attachment) {
    OwnedShard held = shards.get(Shard.of(conversation));
    if (held == null) {
      return notOwner();
    }
    return open(held, conversation)
        .compose(
            owned ->
                owned
                    .attachment(attachment)
                    .map(attached -> new OpenConversation<>(owned, attached)));
  }

  /** The committed head of a conversation of a shard held here; fails with NOT_OWNER elsewhere. */
  public Future<Position> head(ConversationId conversation) {
    OwnedShard shard = shards.get(Shard.of(conversation));
    if (shard == null || !shard.ready) {
      return notOwner();
    }
    OwnedConversation owned = shard.conversations.get(conversation);
    return owned == null
        ? store.published(conversation).map(Checkpoint::position)
        : owned.opened().map(opened -> owned.head());
  }

  /** How many shards are held; callable from any thread. */
  public int shardsHeld() {
    return shards.size();
  }

  /** How many conversations are in memory; callable from any thread. */
  public int conversationsInMemory() {
    return shards.values().stream().mapToInt(shard -> shard.conversations.size()).sum();
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
                            reads.ascending(conversation, from, owned.head().changeSeq(), limit)))
        .orElseGet(OwnedLog::notOwner);
  }

  /**
   * Stores published marks that have moved, and forgets conversations that are idle. Called every
   * while.
   */
  Future<Void> tidy() {
    List<Future<Void>> saved = new ArrayList<>();
    for (OwnedShard shard : shards.values()) {
      for (OwnedConversation owned : List.copyOf(shard.conversations.values())) {
        saved.add(owned.savePublished());
        if (owned.isIdle()) {
          forget(shard, owned);
        }
      }
    }
    return Future.join(saved).mapEmpty();
  }

  /**
   * Out of memory first: a send that comes now opens it anew, and its mark has a later timestamp
   * than this clearing.
   */
  private void forget(OwnedShard shard, OwnedConversation owned) {
    shard.conversations.remove(owned.id(), owned);
    listener.lost(owned.id());
    store
        .clearActive(shard.shard, List.of(shard.epoch), owned.id())
        .onFailure(kept -> LOG.atDebug().log("an idle conversation keeps its mark"));
  }

  /** The epoch under which a shard is held; empty where it is not. */
  Optional<Long> epochOf(int shard) {
    return Optional.ofNullable(shards.get(shard)).map(held -> held.epoch);
  }

  /** Begins to own a shard; completes when what older epochs left is recovered. */
  Future<Void> hold(int shard, long epoch) {
    long startedAt = System.nanoTime();
    OwnedShard held = new OwnedShard(shard, epoch);
    shards.put(shard, held);
    return recoverMarked(held).onSuccess(ready -> meters.recovered(startedAt));
  }

  private Future<Void> recoverMarked(OwnedShard held) {
    return store
        .active(held.shard)
        .compose(
            marks -> {
              Map<ConversationId, List<Long>> older = new HashMap<>();
              for (ActiveMark mark : marks) {
                if (mark.epoch() < held.epoch) {
                  older
                      .computeIfAbsent(mark.conversation(), any -> new ArrayList<>())
                      .add(mark.epoch());
                }
              }
              List<Future<Void>> recovered = new ArrayList<>();
              older.forEach(
                  (conversation, epochs) ->
                      recovered.add(
                          open(held, conversation)
                              .compose(
                                  owned -> store.clearActive(held.shard, epochs, conversation))));
              return Future.join(recovered);
            })
        .recover(
            cause ->
                owns(held.shard, held.epoch)
                    ? vertx.timer(RETRY_MS).compose(waited -> recoverMarked(held)).mapEmpty()
                    : Future.failedFuture(cause))
        .map(
            done -> {
              held.ready = true;
              return null;
            });
  }

  /** Stops owning a shard: unacknowledged appends fail with NOT_OWNER. */
  void release(int shard) {
    OwnedShard held = shards.remove(shard);
    if (held != null) {
      held.conversations
          .values()
          .forEach(
              owned -> {
                owned.stepDown();
                listener.lost(owned.id());
              });
    }
  }

  private Future<OwnedConversation> open(OwnedShard held, ConversationId conversation) {
    OwnedConversation known = held.conversations.get(conversation);
    if (known != null) {
      return known.opened().map(known);
    }
    OwnedConversation owned = new OwnedConversation(this, conversation, held.shard, held.epoch);
    held.conversations.put(conversation, owned);
    owned.open();
    return owned.opened().map(owned);
  }

  private Optional<OwnedConversation> inMemory(ConversationId conversation) {
    return Optional.ofNullable(shards.get(Shard.of(conversation)))
        .map(shard -> shard.conversations.get(conversation));
  }

  private static <T> Future<T> notOwner() {
    return Future.failedFuture(
        new FailureException(Failure.NOT_OWNER, "this node does not hold the shard"));
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
