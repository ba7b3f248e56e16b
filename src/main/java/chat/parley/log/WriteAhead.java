package chat.parley.log;

import chat.parley.kafka.Journal;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Groups of messages on their way to the store, in a place that is replicated sooner than the store
 * has synced them: one lane a shard. Lives on the log's context.
 */
public final class WriteAhead {
  /** What a shard's lane held when it was read, by conversation, and where its next group goes. */
  record Left(Map<ConversationId, List<LogRow>> rows, long next) {}

  private final Journal journal;
  private Map<Integer, List<Promise<Left>>> waiting = new HashMap<>();
  private boolean reading;

  /** {@code journal} has a lane for each shard. */
  public WriteAhead(Journal journal) {
    this.journal = journal;
  }

  /** Completes with the group's offset when it is replicated; a failure says nothing. */
  Future<Long> append(int shard, Group group) {
    String conversation = group.rows().get(0).change().conversationId().value();
    return journal.append(shard, conversation, GroupRecord.encode(group));
  }

  /**
   * What the shard's lane holds, every group included that had been answered for when this was
   * called. One read serves all shards that ask while another is under way: a node that dies leaves
   * many at once.
   */
  Future<Left> read(int shard) {
    Promise<Left> promise = Promise.promise();
    waiting.computeIfAbsent(shard, any -> new ArrayList<>()).add(promise);
    readIfIdle();
    return promise.future();
  }

  /** Drops what lies before these offsets. */
  Future<Void> cut(Map<OwnedShard, Long> firstKept) {
    if (firstKept.isEmpty()) {
      return Future.succeededFuture();
    }
    return journal.cut(
        firstKept.entrySet().stream()
            .collect(Collectors.toMap(kept -> kept.getKey().shard, Map.Entry::getValue)));
  }

  private void readIfIdle() {
    if (reading || waiting.isEmpty()) {
      return;
    }
    reading = true;
    Map<Integer, List<Promise<Left>>> served = waiting;
    waiting = new HashMap<>();
    Future<Map<Integer, Journal.Lane>> read = journal.read(served.keySet());
    read.onComplete(
        done -> {
          reading = false;
          readIfIdle();
          served.forEach(
              (shard, promises) -> {
                // A lane that cannot be read is nobody else's trouble.
                Future<Left> left = read.map(lanes -> left(lanes.get(shard)));
                promises.forEach(left::onComplete);
              });
        });
  }

  private static Left left(Journal.Lane lane) {
    if (lane == null) {
      throw new IllegalStateException("the journal does not answer for this shard");
    }
    Map<ConversationId, List<LogRow>> rows = new HashMap<>();
    for (byte[] value : lane.values()) {
      for (LogRow row : GroupRecord.decode(value)) {
        rows.computeIfAbsent(row.change().conversationId(), any -> new ArrayList<>()).add(row);
      }
    }
    return new Left(rows, lane.next());
  }
}
