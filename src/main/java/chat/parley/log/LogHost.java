package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;

/** What an owned conversation needs of the node around it. */
interface LogHost {
  LogStore store();

  MessageLog reads();

  BarrierReader barrier();

  LogMeters meters();

  Settler settler();

  LogSettings settings();

  BucketLimits bucketLimits();

  /** Wall clock for the changes' times. */
  Clock clock();

  /** Monotonic milliseconds. */
  long nowMs();

  /** Whether this node, as far as it knows, owns the shard under this epoch. */
  boolean owns(int shard, long epoch);

  /**
   * Completes where a read of the shard's epoch that begins after this call shows that this node
   * still owns it: then what its memory said at the call was so. Fails with NOT_OWNER, and loses
   * the shard, where somebody else has taken it.
   */
  Future<Void> confirm(int shard, long epoch);

  /** The shard turned out to belong to a higher epoch. */
  void lose(int shard, long epoch);

  /** Hands committed changes to the outbox. */
  void committed(ConversationId conversation, long after, List<Change> changes);

  /** Runs the step later on the log's context. */
  void later(long delayMs, Runnable step);
}
