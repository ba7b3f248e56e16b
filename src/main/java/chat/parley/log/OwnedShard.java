package chat.parley.log;

import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A shard that this node holds: its epoch, and its conversations that are in memory. */
final class OwnedShard {
  final int shard;
  final long epoch;
  final Map<ConversationId, OwnedConversation> conversations = new HashMap<>();
  final JournalMark mark = new JournalMark();

  /** Who waits until it is a conversation's turn to be recovered. */
  final Map<ConversationId, Promise<OwnedConversation>> turns = new HashMap<>();

  /** Whether the recovery of what earlier owners had in the journal has begun: once is enough. */
  boolean recoversBuffered;

  /** What of the journal has been cut off. */
  long cutBefore;

  /** What older epochs left behind and is not recovered yet; null while that is not known. */
  private Set<ConversationId> unrecovered;

  private Future<WriteAhead.Left> left;
  private boolean journalAway;
  private boolean bufferedRecovered;

  OwnedShard(int shard, long epoch) {
    this.shard = shard;
    this.epoch = epoch;
  }

  /** Older epochs had these open: some of them may be in the log and not published. */
  void mustRecover(Set<ConversationId> some, Set<ConversationId> others) {
    unrecovered = new HashSet<>(some);
    unrecovered.addAll(others);
    unrecovered.removeIf(this::isOpen);
  }

  private boolean isOpen(ConversationId conversation) {
    OwnedConversation owned = conversations.get(conversation);
    return owned != null && owned.opened().succeeded();
  }

  /** It is open, and from now on whatever is in its log is in the outbox. */
  void recovered(ConversationId conversation) {
    if (unrecovered != null) {
      unrecovered.remove(conversation);
    }
  }

  /** Whether somebody waits for its turn to be recovered. */
  boolean isAsked(ConversationId conversation) {
    return turns.containsKey(conversation);
  }

  /** How many are not recovered yet; 1 while that is not known. */
  int unrecovered() {
    return unrecovered == null ? 1 : unrecovered.size();
  }

  /** Whether a conversation that is not in memory is wholly published, as far as is known. */
  boolean isPublished(ConversationId conversation) {
    return unrecovered != null && !unrecovered.contains(conversation);
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
