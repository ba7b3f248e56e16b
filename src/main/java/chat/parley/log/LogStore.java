package chat.parley.log;

import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What the owner of a shard needs of the store. All reads and writes are at quorum. A failed future
 * means an unknown outcome: the write may still happen, now or much later.
 */
interface LogStore {
  /** Rows of one bucket from a number on, all epochs, ascending, at most {@code limit}. */
  Future<List<LogRow>> tail(ConversationId conversation, int bucket, long from, int limit);

  /** Writes a group and its send keys by one atomic mutation of one partition. */
  Future<Void> append(Group group);

  /** The epochs of these shards; the read begins after the call. */
  Future<Map<Integer, Long>> epochs(Collection<Integer> shards);

  Future<Checkpoint> published(ConversationId conversation);

  /** Stores a published mark; an older one never overwrites a newer one. */
  Future<Void> savePublished(ConversationId conversation, Checkpoint checkpoint);

  /**
   * Says that the conversation may have unpublished rows of this epoch; {@code buffered} where the
   * journal may have some that are not in the store.
   */
  Future<Void> markActive(int shard, long epoch, ConversationId conversation, boolean buffered);

  /** Takes the conversation's marks of these epochs back, as the owner {@code by} another one. */
  Future<Void> clearActive(
      int shard, long by, Collection<Long> epochs, ConversationId conversation);

  /** All marks of a shard. */
  Future<List<ActiveMark>> active(int shard);

  /** Says where the bucket after a closing group begins; every writer writes the same. */
  Future<Void> indexBucket(ConversationId conversation, Checkpoint opened);

  /** The buckets, newest first, that may hold a send made since then. */
  Future<List<Integer>> sendBuckets(ConversationId conversation, Instant since);

  /** The send keys of one device in one bucket, of all epochs; at most {@code limit} of them. */
  Future<List<StoredSend>> sends(
      ConversationId conversation, int bucket, UserId user, DeviceId device, int limit);

  /** Those of one id. */
  Future<List<StoredSend>> send(ConversationId conversation, int bucket, SendKey key);

  /** A mark in {@code active}. */
  record ActiveMark(long epoch, ConversationId conversation, boolean buffered) {}

  /** A row of {@code sends}: it counts only if the log's row of that number bears the same id. */
  record StoredSend(String clientMsgId, long changeSeq, long bodyHash) {}
}
