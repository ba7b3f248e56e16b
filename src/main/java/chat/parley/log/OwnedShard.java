package chat.parley.log;

import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** A shard that this node holds: its epoch, and its conversations that are in memory. */
final class OwnedShard {
  final int shard;
  final long epoch;
  final Map<ConversationId, OwnedConversation> conversations = new HashMap<>();
  final JournalMark mark = new JournalMark();

  /**
   * Whether what older epochs left behind is recovered, or at least in memory to be so: then a
   * conversation not in memory is wholly published.
   */
  boolean ready;

  /** Whether the recovery of what earlier owners had in the journal has begun: once is enough. */
  boolean recoversBuffered;

  /** What of the journal has been cut off. */
  long cutBefore;

  private Future<WriteAhead.Left> left;
  private boolean journalAway;
  private boolean bufferedRecovered;

  OwnedShard(int shard, long epoch) {
    this.shard = shard;
    this.epoch = epoch;
  }

  /**
   * What earlier owners left in the journal: read once, when the first conversation asks, which is
   * after the epoch was taken. After a failure the next call reads again.
   */
  Future<WriteAhead.Left> left(WriteAhead ahead) {
    if (left == null || left.failed()) {
      left =
          ahead
              .read(shard)
              .onComplete(
                  read -> {
                    journalAway = read.failed();
                    mark();
                  });
    }
    return left;
  }

  /** Whether the last read of the journal failed, so that buffered conversations stay closed. */
  boolean isJournalAway() {
    return journalAway;
  }

  /** All buffered conversations that earlier owners had in memory are recovered. */
  void bufferedRecovered() {
    bufferedRecovered = true;
    mark();
  }

  private void mark() {
    if (bufferedRecovered && left != null && left.succeeded()) {
      mark.recovered(left.result().next());
    }
  }
}
