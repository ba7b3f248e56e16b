package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What owners have in common, in memory and answering at once. While it is held up it takes no
 * group, as if the write were on its way.
 */
final class MemoryStore implements LogStore, ShardEpochs {
  private record Place(ConversationId conversation, int bucket, long changeSeq, long epoch) {}

  private final Map<Place, LogRow> rows = new HashMap<>();
  private final Map<ConversationId, NavigableMap<Integer, Long>> openedAt = new HashMap<>();
  private final Map<ConversationId, Checkpoint> published = new HashMap<>();
  private final Map<Integer, Set<ActiveMark>> active = new HashMap<>();
  private final Map<Integer, Register> registers = new HashMap<>();
  private final List<Runnable> onTheirWay = new ArrayList<>();
  private final Set<ConversationId> unreadable = new HashSet<>();
  private boolean held;
  private int epochReads;

  /** From now on groups are on their way. */
  synchronized void hold() {
    held = true;
  }

  /** From now on nobody can read the end of this conversation. */
  synchronized void damage(ConversationId conversation) {
    unreadable.add(conversation);
  }

  /** All can be read again. */
  synchronized void heal() {
    unreadable.clear();
  }

  /** What was on its way arrives, and its owners hear of it; what comes now is stored at once. */
  synchronized void arrive() {
    held = false;
    onTheirWay.forEach(Runnable::run);
    onTheirWay.clear();
  }

  synchronized int groupsOnTheirWay() {
    return onTheirWay.size();
  }

  /** How often the epochs of shards were read to fence something. */
  synchronized int epochReads() {
    return epochReads;
  }

  @Override
  public synchronized Future<List<LogRow>> tail(
      ConversationId conversation, int bucket, long from, int limit) {
    if (unreadable.contains(conversation)) {
      return Future.failedFuture("damaged");
    }
    return Future.succeededFuture(
        rowsOf(conversation)
            .filter(row -> row.bucket() == bucket && row.changeSeq() >= from)
            .sorted(
                Comparator.comparingLong(LogRow::changeSeq)
                    .thenComparing(Comparator.comparingLong(LogRow::epoch).reversed()))
            .limit(limit)
            .toList());
  }

  @Override
  public synchronized Future<Void> append(Group group) {
    if (!held) {
      store(group);
      return Future.succeededFuture();
    }
    Promise<Void> written = Promise.promise();
    Context owner = Vertx.currentContext();
    onTheirWay.add(
        () -> {
          store(group);
          owner.runOnContext(run -> written.complete());
        });
    return written.future();
  }

  private void store(Group group) {
    for (LogRow row : group.rows()) {
      Change change = row.change();
      rows.put(
          new Place(change.conversationId(), row.bucket(), change.changeSeq(), row.epoch()), row);
    }
  }

  private Stream<LogRow> rowsOf(ConversationId conversation) {
    return rows.values().stream().filter(row -> row.change().conversationId().equals(conversation));
  }

  @Override
  public synchronized Future<Map<Integer, Long>> epochs(Collection<Integer> shards) {
    epochReads++;
    return Future.succeededFuture(
        registers.values().stream()
            .filter(register -> shards.contains(register.shard()))
            .collect(Collectors.toMap(Register::shard, Register::epoch)));
  }

  @Override
  public synchronized Future<Checkpoint> published(ConversationId conversation) {
    return Future.succeededFuture(published.getOrDefault(conversation, Checkpoint.START));
  }

  @Override
  public synchronized Future<Void> savePublished(
      ConversationId conversation, Checkpoint checkpoint) {
    published.merge(
        conversation,
        checkpoint,
        BinaryOperator.maxBy(Comparator.comparingLong(mark -> mark.position().changeSeq())));
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Void> markActive(
      int shard, long epoch, ConversationId conversation, boolean buffered) {
    active
        .computeIfAbsent(shard, any -> new HashSet<>())
        .add(new ActiveMark(epoch, conversation, buffered));
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Void> clearActive(
      int shard, long by, Collection<Long> epochs, ConversationId conversation) {
    active
        .computeIfAbsent(shard, any -> new HashSet<>())
        .removeIf(
            mark -> mark.conversation().equals(conversation) && epochs.contains(mark.epoch()));
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<List<ActiveMark>> active(int shard) {
    return Future.succeededFuture(List.copyOf(active.getOrDefault(shard, Set.of())));
  }

  @Override
  public synchronized Future<Void> indexBucket(ConversationId conversation, Checkpoint opened) {
    openedAt
        .computeIfAbsent(conversation, any -> new TreeMap<>())
        .put(opened.bucket(), opened.bucketOpenedAt());
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<List<Integer>> sendBuckets(
      ConversationId conversation, Instant since) {
    NavigableMap<Integer, Long> opened = openedAt.getOrDefault(conversation, new TreeMap<>());
    List<Integer> buckets = new ArrayList<>();
    for (Map.Entry<Integer, Long> bucket : opened.descendingMap().entrySet()) {
      buckets.add(bucket.getKey());
      if (bucket.getValue() < since.toEpochMilli()) {
        return Future.succeededFuture(buckets);
      }
    }
    buckets.add(0);
    return Future.succeededFuture(buckets);
  }

  @Override
  public synchronized Future<List<StoredSend>> sends(
      ConversationId conversation, int bucket, UserId user, DeviceId device, int limit) {
    return Future.succeededFuture(
        stored(
                conversation,
                bucket,
                key -> key.userId().equals(user) && key.deviceId().equals(device))
            .limit(limit)
            .toList());
  }

  @Override
  public synchronized Future<List<StoredSend>> send(
      ConversationId conversation, int bucket, SendKey wanted) {
    return Future.succeededFuture(
        stored(conversation, bucket, key -> key.sameSend(wanted)).toList());
  }

  private Stream<StoredSend> stored(
      ConversationId conversation, int bucket, Predicate<SendKey> wanted) {
    return rowsOf(conversation)
        .filter(row -> row.bucket() == bucket && row.key() != null)
        .filter(row -> wanted.test(row.key()))
        .map(
            row ->
                new StoredSend(
                    row.key().clientMsgId().value(), row.changeSeq(), row.key().bodyHash()));
  }

  @Override
  public synchronized Future<List<Register>> all() {
    return Future.succeededFuture(List.copyOf(registers.values()));
  }

  @Override
  public synchronized Future<Boolean> take(int shard, long seen, String owner) {
    Register now = registers.getOrDefault(shard, new Register(shard, 0, ""));
    if (now.epoch() != seen) {
      return Future.succeededFuture(false);
    }
    registers.put(shard, new Register(shard, seen + 1, owner));
    return Future.succeededFuture(true);
  }

  @Override
  public Future<Boolean> release(int shard, long epoch, String owner) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> beat(String node, long beat) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Map<String, Long>> beats() {
    throw new UnsupportedOperationException();
  }

  /** The same as readers see it. */
  MessageLog reads() {
    return new Reads();
  }

  private final class Reads implements MessageLog {
    @Override
    public Future<List<Change>> ascending(
        ConversationId conversation, long from, long bound, int limit) {
      TreeMap<Long, LogRow> highest = new TreeMap<>();
      synchronized (MemoryStore.this) {
        rowsOf(conversation)
            .filter(row -> row.changeSeq() >= from && row.changeSeq() <= bound)
            .forEach(
                row ->
                    highest.merge(
                        row.changeSeq(),
                        row,
                        BinaryOperator.maxBy(Comparator.comparingLong(LogRow::epoch))));
      }
      return Future.succeededFuture(
          highest.values().stream().limit(limit).map(LogRow::change).toList());
    }

    @Override
    public Future<List<Change>> descending(
        ConversationId conversation, long bound, long downTo, int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Position> published(ConversationId conversation) {
      return MemoryStore.this.published(conversation).map(Checkpoint::position);
    }
  }
}
