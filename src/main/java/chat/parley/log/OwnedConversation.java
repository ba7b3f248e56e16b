package chat.parley.log;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.event.Change;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One conversation at its owner: drives the {@link Sequencer} against the store, gathers what
 * arrives while a group is under way into the next one, remembers recent sends. Lives on the log's
 * context; everything here runs there.
 */
final class OwnedConversation {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedConversation.class);
  private static final long RETRY_MS = 100;
  private static final long STALLED_MS = 2_000;
  private static final int KEPT_GROUP_ENDS = 1_024;

  /** After the stream was away for long very many are recovered: more at once a store refuses. */
  private static final int SETTLED_AT_ONCE = 256;

  /** A change that waits, and who waits for it. */
  private record Pending(Draft draft, Promise<Appended> promise, long startedAtNanos) {}

  private final LogHost host;
  private final ConversationId id;
  private final int shard;
  private final long epoch;
  private final SendWindow sends;
  private final JournalWay journal;
  private final Promise<Void> opened = Promise.promise();

  /** Of the group under way, or of the last one. */
  private Promise<Void> inLog = Promise.promise();

  private final Deque<Pending> queue = new ArrayDeque<>();
  private final TreeMap<Long, Checkpoint> groupEnds = new TreeMap<>();
  private List<Pending> underWay = List.of();
  private Sequencer sequencer;
  private JournalTail journalTail = JournalTail.EMPTY;
  private long bufferedAtNanos;
  private Future<?> attachment;
  private Checkpoint published = Checkpoint.START;
  private Checkpoint savedMark = Checkpoint.START;
  private Checkpoint lastSettled = Checkpoint.START;
  private LogHead settledHead = LogHead.START;
  private long lastUsedAt;
  private long stepStartedAt;
  private long cameFurtherAt;

  /** {@code journal} is null where every ack waits for the store. */
  OwnedConversation(LogHost host, ConversationId id, OwnedShard held, JournalWay journal) {
    this.host = host;
    this.id = id;
    this.shard = held.shard;
    this.epoch = held.epoch;
    this.journal = journal;
    this.sends = new SendWindow(host, id, this::head);
    this.lastUsedAt = host.nowMs();
    this.cameFurtherAt = lastUsedAt;
  }

  /** Whether its recovery has not come any further for so long. */
  boolean isStuck(long ms) {
    return !opened.future().isComplete() && host.nowMs() - cameFurtherAt > ms;
  }

  /** Completes once recovery is done and everything that it found is settled. */
  Future<Void> opened() {
    return opened.future();
  }

  /** What the host keeps beside the conversation: loaded once, thrown away with the ownership. */
  @SuppressWarnings("unchecked")
  <T> Future<T> attachment(Supplier<Future<T>> load) {
    if (attachment == null || attachment.failed()) {
      attachment = load.get();
    }
    return (Future<T>) attachment;
  }

  ConversationId id() {
    return id;
  }

  /**
   * The end of what is committed and settled. Not further: a change whose side effects are not
   * stored yet, a removal for instance, would be served to somebody who may not see what follows
   * it.
   */
  Position head() {
    return settledHead.position();
  }

  /** The same, with the size that the conversation has there. */
  LogHead sizedHead() {
    return settledHead;
  }

  /** Begins: says that it is active, reads the published mark, recovers the tail. */
  void open() {
    stepStartedAt = host.nowMs();
    repeat(
        () ->
            host.store()
                .markActive(shard, epoch, id, journal != null)
                .compose(marked -> host.store().published(id)),
        mark -> {
          published = mark;
          savedMark = mark;
          lastSettled = mark;
          settledHead = LogHead.of(mark);
          readJournal();
        });
  }

  private void readJournal() {
    repeat(
        () -> journal == null ? Future.succeededFuture(JournalTail.EMPTY) : journal.tail(id),
        left -> {
          journalTail = left;
          sequencer = new Sequencer(epoch, savedMark, host.bucketLimits());
          drive();
        });
  }

  AckMode mode() {
    return journal == null ? AckMode.PERSISTED : AckMode.BUFFERED;
  }

  /** Whether it waits for what the journal has of it. */
  boolean isWaitingForJournal() {
    return journal != null && sequencer == null;
  }

  /**
   * Appends in the order of calls. A retry of a send answers as the first time, or fails with
   * IDEMPOTENCY_MISMATCH; a change that is refused fails with its reason. OVERLOADED and
   * UNAVAILABLE are said of no send that is under way. When the shard is lost, what is not numbered
   * yet fails with NOT_OWNER, and with UNANSWERED what is: the next owner may find it in the log.
   */
  Future<Appended> append(Draft draft) {
    lastUsedAt = host.nowMs();
    if (isLost()) {
      return Future.failedFuture(notOwner());
    }
    SendKey key = draft.key();
    // Before the bounds: who hears of them takes it that nothing was done, and nothing more waits.
    if (key != null && sends.isUnderWay(key)) {
      return sends.once(key, () -> enqueue(draft));
    }
    if (Math.max(queue.size(), sends.looking()) >= host.settings().maxQueued()) {
      return refused(Failure.OVERLOADED, "too many changes are waiting in this conversation");
    }
    if (!underWay.isEmpty() && host.nowMs() - stepStartedAt > STALLED_MS) {
      return refused(Failure.UNAVAILABLE, "the history store does not answer");
    }
    return key == null ? enqueue(draft) : sends.once(key, () -> enqueue(draft));
  }

  /**
   * Completes once everything that has been numbered so far is acknowledged, and not where somebody
   * else may have numbered more.
   */
  Future<Void> acknowledged() {
    if (isLost()) {
      return Future.failedFuture(notOwner());
    }
    return (underWay.isEmpty()
            ? Future.succeededFuture()
            : underWay
                .get(underWay.size() - 1)
                .promise()
                .future()
                .recover(lost -> Future.failedFuture(notOwner())))
        .compose(durable -> host.confirm(shard, epoch));
  }

  /**
   * Completes once everything that has been numbered so far is in the log, which may be after its
   * ack where the journal has given that. Fails with NOT_OWNER where that is not known.
   */
  Future<Void> inLog() {
    if (isLost()) {
      return Future.failedFuture(notOwner());
    }
    return underWay.isEmpty() ? Future.succeededFuture() : inLog.future();
  }

  /** The relay has everything up to here in the stream. */
  void published(Position position) {
    var end = groupEnds.floorEntry(position.changeSeq());
    if (end != null) {
      // It rests only when it has been in the stream for a while: what reads the stream relies on
      // that.
      lastUsedAt = host.nowMs();
      published = end.getValue();
      groupEnds.headMap(end.getKey(), true).clear();
    }
  }

  /** Stores the published mark if it has moved. */
  Future<Void> savePublished() {
    Checkpoint mark = published;
    if (mark.position().changeSeq() <= savedMark.position().changeSeq()) {
      return Future.succeededFuture();
    }
    return host.store()
        .savePublished(id, mark)
        .onSuccess(
            saved -> {
              if (mark.position().changeSeq() > savedMark.position().changeSeq()) {
                savedMark = mark;
              }
            });
  }

  /** Whether nothing is waiting, everything is published and the mark says so. */
  boolean isQuiet() {
    return opened.future().succeeded()
        && queue.isEmpty()
        && sequencer.phase() == Sequencer.Phase.OPEN
        && savedMark.position().equals(head());
  }

  /** Somebody has opened it. */
  void used() {
    lastUsedAt = host.nowMs();
  }

  boolean isIdle() {
    return isQuiet()
        && (attachment == null || attachment.isComplete())
        && host.nowMs() - lastUsedAt > host.settings().idleMs();
  }

  /** The shard is lost, or the conversation forgotten: nothing more is acknowledged here. */
  void stepDown() {
    if (sequencer != null) {
      sequencer.stepDown();
    }
    inLog.tryFail(notOwner());
    underWay.forEach(pending -> pending.promise().tryFail(unanswered()));
    queue.forEach(pending -> pending.promise().tryFail(notOwner()));
    underWay = List.of();
    queue.clear();
    opened.tryFail(notOwner());
  }

  private boolean isLost() {
    return !host.owns(shard, epoch)
        || sequencer != null && sequencer.phase() == Sequencer.Phase.STEPPED_DOWN;
  }

  private Future<Appended> enqueue(Draft draft) {
    if (isLost()) {
      return Future.failedFuture(notOwner());
    }
    Promise<Appended> promise = Promise.promise();
    queue.add(new Pending(draft, promise, System.nanoTime()));
    if (sequencer != null && sequencer.phase() == Sequencer.Phase.OPEN) {
      drive();
    }
    return promise.future();
  }

  private void drive() {
    stepStartedAt = host.nowMs();
    switch (sequencer.phase()) {
      case READ_TAIL -> readTail();
      case REWRITE, WRITE -> write(sequencer.group());
      case REWRITE_BARRIER, BARRIER -> barrier();
      case SETTLE_RECOVERED -> settle(sequencer.recovered(), savedMark);
      case SETTLE -> settle(List.of(sequencer.group()), lastSettled);
      case OPEN -> appendNext();
      case STEPPED_DOWN -> host.lose(shard, epoch);
      default -> throw new IllegalStateException();
    }
  }

  private void readTail() {
    int limit = sequencer.tailLimit();
    int bucket = sequencer.tailBucket();
    long from = sequencer.tailFrom();
    repeat(
        () -> host.store().tail(id, bucket, from, limit),
        rows -> {
          boolean cut = rows.size() == limit;
          sequencer.onTail(journalTail.with(rows, bucket, from, cut), cut);
          drive();
        });
  }

  /**
   * A write whose outcome is unknown is repeated, the identical one, until it is known or the shard
   * is lost.
   */
  private void write(Group group) {
    repeat(
        () -> host.store().append(group),
        written -> {
          sequencer.onWritten();
          drive();
        });
  }

  private void barrier() {
    long startedAt = System.nanoTime();
    repeat(
        () -> host.barrier().epochOf(shard),
        epochSeen -> {
          host.meters().barrier(startedAt);
          sequencer.onBarrier(epochSeen);
          drive();
        });
  }

  /** {@code start} is where the first of the groups goes on. */
  private void settle(List<Group> groups, Checkpoint start) {
    List<Change> changes = new ArrayList<>();
    List<Checkpoint> openedBuckets = new ArrayList<>();
    Checkpoint at = start;
    for (Group group : groups) {
      at = at.after(group);
      rememberEnd(at);
      changes.addAll(group.changes());
      if (group.closesBucket()) {
        openedBuckets.add(at);
      }
    }
    lastSettled = at;
    repeat(() -> indexBuckets(openedBuckets), indexed -> settle(changes, 0));
  }

  private void settle(List<Change> changes, int from) {
    int to = Math.min(changes.size(), from + SETTLED_AT_ONCE);
    repeat(
        () -> host.settler().settle(id, changes.subList(from, to)),
        settled -> {
          if (to < changes.size()) {
            host.later(1, () -> settle(changes, to)); // of very many: not one within the other
          } else {
            settled(changes);
          }
        });
  }

  private void settled(List<Change> changes) {
    sequencer.onSettled();
    settledHead = LogHead.of(sequencer.committed());
    host.committed(id, changes.get(0).changeSeq() - 1, timed(changes));
    acknowledge(changes);
    drive();
  }

  /** Only of what was appended here: nobody knows when a recovered change became durable. */
  private List<Change> timed(List<Change> changes) {
    if (underWay.isEmpty()) {
      return changes;
    }
    long now = host.clock().millis();
    List<Change> timed = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      timed.add(changes.get(i).timed(underWay.get(i).draft().sentAt(), now));
    }
    return timed;
  }

  private Future<Void> indexBuckets(List<Checkpoint> opened) {
    Future<Void> chain = Future.succeededFuture();
    for (Checkpoint bucket : opened) {
      chain = chain.compose(done -> host.store().indexBucket(id, bucket));
    }
    return chain;
  }

  /**
   * Ends of groups are where a published mark may stand; of very many, which there are while the
   * stream is away, every second one is enough, and so on.
   */
  private void rememberEnd(Checkpoint end) {
    if (groupEnds.size() >= KEPT_GROUP_ENDS) {
      boolean keep = false;
      for (Iterator<Long> ends = groupEnds.keySet().iterator(); ends.hasNext(); keep = !keep) {
        ends.next();
        if (!keep) {
          ends.remove();
        }
      }
    }
    groupEnds.put(end.position().changeSeq(), end);
  }

  /** An epoch that was read after the journal had answered for this group. */
  private void journaled(Group group, long epochSeen) {
    if (isLost()) {
      return;
    }
    if (sequencer.onJournaled(group, epochSeen)) {
      bufferedAtNanos = System.nanoTime();
      answer(group.changes(), AckMode.BUFFERED);
    } else if (sequencer.phase() == Sequencer.Phase.STEPPED_DOWN) {
      host.lose(shard, epoch);
    }
  }

  private void acknowledge(List<Change> changes) {
    inLog.tryComplete();
    for (int i = 0; i < underWay.size(); i++) {
      if (underWay.get(i).draft().key() != null) {
        sends.remember(underWay.get(i).draft().key(), changes.get(i).changeSeq());
      }
    }
    answer(changes, AckMode.PERSISTED);
    underWay = List.of();
    if (bufferedAtNanos != 0) {
      host.meters().materialised(bufferedAtNanos);
      bufferedAtNanos = 0;
    }
    if (journal != null) {
      journal.settled();
    }
  }

  /** The first answer to a change counts. */
  private void answer(List<Change> changes, AckMode durability) {
    for (int i = 0; i < underWay.size(); i++) {
      Pending pending = underWay.get(i);
      if (pending.promise().tryComplete(new Appended(changes.get(i), durability, false))) {
        host.meters().appended(id, pending.startedAtNanos());
      }
    }
  }

  private void appendNext() {
    opened.tryComplete();
    List<Pending> group = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    List<Runnable> refusals = new ArrayList<>();
    long bytes = 0;
    long changeSeq = sequencer.tailFrom();
    long seq = head().seq();
    long largeSince = sequencer.committed().largeSince();
    long now = host.clock().millis();
    while (!queue.isEmpty()
        && group.size() < host.settings().maxGroupChanges()
        && bytes < host.settings().maxGroupBytes()) {
      Pending next = queue.poll();
      try {
        Change change = numbered(next.draft(), changeSeq, seq, now, largeSince);
        group.add(next);
        changes.add(change);
        bytes += change.payload().length;
        changeSeq++;
        seq = change.seq();
        largeSince = change.largeSince();
      } catch (RuntimeException refusedOrBroken) {
        refusals.add(() -> next.promise().tryFail(refusedOrBroken));
      }
    }
    if (!group.isEmpty()) {
      underWay = group;
      inLog = Promise.promise();
      host.meters().group(group.size());
      sequencer.append(changes, keysOf(group));
      sendToJournal(sequencer.group());
      drive();
    }
    // Not before: who is refused may have to wait for what the refusal was founded on.
    refusals.forEach(Runnable::run);
  }

  /**
   * Only messages: the side effects of other changes are not stored yet, and their acks promise
   * them.
   */
  private void sendToJournal(Group group) {
    if (journal != null && underWay.stream().allMatch(next -> next.draft().key() != null)) {
      journal.send(group, epochSeen -> journaled(group, epochSeen));
    }
  }

  private Change numbered(Draft draft, long changeSeq, long seq, long now, long largeSinceBefore) {
    draft.admit();
    long own = draft.type().isMessage() ? seq + 1 : seq;
    byte[] payload = draft.encode(changeSeq, own, now);
    return new Change(
            id, changeSeq, own, draft.type(), draft.actorId(), draft.subjectId(), now, payload)
        .mentioning(draft.mentions())
        .largeSince(largeSince(largeSinceBefore, changeSeq));
  }

  private long largeSince(long before, long changeSeq) {
    return attachment != null && attachment.result() instanceof SizeRule rule
        ? rule.largeSince(before, changeSeq)
        : before;
  }

  private static List<SendKey> keysOf(List<Pending> group) {
    List<SendKey> keys = new ArrayList<>(group.size());
    group.forEach(pending -> keys.add(pending.draft().key()));
    return keys;
  }

  private <T> void repeat(Supplier<Future<T>> step, Consumer<T> next) {
    repeat(step, next, Level.WARN);
  }

  /** Says so once: while the store is away every conversation fails many times a second. */
  private <T> void repeat(Supplier<Future<T>> step, Consumer<T> next, Level firstFailure) {
    step.get()
        .onComplete(
            done -> {
              if (isLost()) {
                stepDown();
              } else if (done.succeeded()) {
                cameFurtherAt = host.nowMs();
                next.accept(done.result());
              } else {
                LOG.atLevel(firstFailure)
                    .addKeyValue("conversation", id)
                    .addKeyValue("cause", String.valueOf(done.cause()))
                    .log("store step failed, repeating");
                host.later(RETRY_MS, () -> repeat(step, next, Level.DEBUG));
              }
            });
  }

  private static <T> Future<T> refused(Failure failure, String detail) {
    return Future.failedFuture(new FailureException(failure, detail, 1_000));
  }

  private static FailureException unanswered() {
    return new FailureException(Failure.UNANSWERED, "the shard has moved", RETRY_MS);
  }

  private static FailureException notOwner() {
    return new FailureException(Failure.NOT_OWNER, "the shard has moved");
  }
}
