package chat.parley.log;

import chat.parley.model.ConversationId;
import java.util.HashMap;
import java.util.Map;

/** A shard that this node holds: its epoch, and its conversations that are in memory. */
final class OwnedShard {
  final int shard;
  final long epoch;
  final Map<ConversationId, OwnedConversation> conversations = new HashMap<>();

  /**
   * Whether what older epochs left behind is recovered: then a conversation not in memory is wholly
   * published.
   */
  boolean ready;

  OwnedShard(int shard, long epoch) {
    this.shard = shard;
    this.epoch = epoch;
  }
}
