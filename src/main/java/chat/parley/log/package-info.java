/**
 * The ordered, durable record of every conversation, and its one writer at a time.
 *
 * <pre>
 * shard_epoch (shard)                                 who may write, under which epoch: LWT only
 * node_beat   (node)                                  a node lives; one row a node, not one a shard: 256 shards would
 *                                                     cost 256 conditional writes a beat
 * changes     ((conversation, bucket), change_seq, epoch)      insert-only; of a number the highest epoch counts
 * sends       ((conversation, bucket), user, device, client_msg_id, epoch)   same partition, same mutation as changes
 * buckets     ((conversation), bucket)                where a bucket begins: an index of what the log itself says
 * amendments  ((conversation, bucket), target, change_seq)     edits, deletes and reactions again, where their message
 *                                                     lies: bucket and target are the message's
 * active      ((shard), epoch, conversation)          what may have rows that are not in the stream; buffered: whose
 *                                                     last group may be in the journal alone
 * published   (conversation)                          a committed group end that is in the stream; may lag, never leads
 * </pre>
 *
 * <p>{@code changes} and {@code sends} have read_repair NONE: blocking read repair would copy
 * single rows of a group. A group that closes a bucket says so in its own rows, so that all owners
 * agree on it as on any other content.
 *
 * <p>What is done to a message is a change of its own, at the end of the log, and is written to
 * {@code amendments} after its commit and before its ack, by each owner whose recovery finds it
 * after the published mark: so who reads a message at its place finds there, with one more read,
 * what has become of it. An amendment's content is its change's, which is settled by then, so it is
 * written without an epoch and as often as need be.
 *
 * <p>Each row of {@code changes} bears since which number its conversation is large, decided when
 * it was numbered ({@link chat.parley.log.SizeRule}); {@code published} bears that of its last
 * change, so that a conversation which nobody has in memory is known to be large or not without a
 * read of its log.
 *
 * <p>Of a conversation whose ack mode is {@code buffered} each group of messages is written to the
 * store and to the journal at once, and acknowledged when the first of the two has it and a read of
 * the epoch begun after that has shown that this is still its owner. The journal is a topic of 256
 * partitions, one a shard. A new owner writes a mark into the partition, reads up to it, and takes
 * what it finds as rows like the store's ({@link chat.parley.log.JournalTail}); the owner cuts off
 * what is settled ({@link chat.parley.log.JournalMark}). Nothing else reads it, and no change goes
 * into the stream before the store has it.
 */
package chat.parley.log;
