package chat.parley.log;

import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The second way of a buffered conversation's groups to their ack, beside the store's: into the
 * journal, then a read of the shard's epoch. At most one group is on it; while the journal does not
 * answer, further groups go the store's way alone, and nothing waits.
 */
final class JournalWay {
  private final WriteAhead ahead;
  private final BarrierReader barrier;
  private final OwnedShard held;
  private boolean busy;
  private JournalMark.Entry entry;

  JournalWay(WriteAhead ahead, BarrierReader barrier, OwnedShard held) {
    this.ahead = ahead;
    this.barrier = barrier;
    this.held = held;
  }

  /** What earlier owners left in the journal of this conversation; to be asked once a recovery. */
  Future<JournalTail> tail(ConversationId conversation) {
    return held.left(ahead)
        .map(
            left -> {
              List<LogRow> rows = left.rows().remove(conversation);
              return rows == null ? JournalTail.EMPTY : new JournalTail(rows);
            });
  }

  /**
   * Sends the group; {@code fence} hears the shard's epoch by a read that began after the journal
   * had answered, or nothing.
   */
  void send(Group group, LongConsumer fence) {
    if (busy) {
      return;
    }
    busy = true;
    JournalMark.Entry sent = held.mark.sent();
    entry = sent;
    ahead
        .append(held.shard, group)
        .onComplete(
            done -> {
              busy = false;
              if (done.failed()) {
                sent.failed();
                return;
              }
              sent.answered(done.result());
              if (held.mark.keeps(done.result())) {
                barrier.epochOf(held.shard).onSuccess(fence::accept);
              }
            });
  }

  /** The group that is under way is settled, whether it went this way or not. */
  void settled() {
    if (entry != null) {
      entry.settled();
      entry = null;
    }
  }
}
