/**
 * What a conversation is to one of its members alone: muted, archived, pinned, and where it stands
 * in their inbox.
 *
 * <pre>
 * personal_settings ((user), conversation) -> muted_until, archived_at, pinned_rank
 * private_receipts  ((user), conversation) -> choice; '*' for all conversations
 * inbox             ((user), conversation) -> change_seq, seq; by_head         TIMESTAMP = change_seq
 *                                             message_change_seq, message_at   TIMESTAMP = message_change_seq
 *                                             joined_change_seq, _seq, _at     TIMESTAMP = joined_change_seq
 * inbox_streams     (stream)               -> topic_id, partitions, gaps
 * </pre>
 *
 * <p>One partition a user in each, so that a list of conversations costs one read of each. Rows of
 * {@code inbox} follow from the stream and may be made again from the log at any time: each part of
 * a row bears the number of its change as its timestamp, so what is written twice, late or out of
 * order comes out the same. Conversations of very many members have no row that follows them, since
 * each message would be a write a member: their rows say {@code by_head}.
 *
 * <p>A row tells only of what its streams have brought, so {@code inbox_streams} remembers whether
 * that was all: a gap is written before a consumer goes on behind it.
 *
 * <p>Of settings the last write of a column wins by the server's time: a user who changes the same
 * thing on two devices within the nodes' clock difference gets one of the two, and sees which. No
 * condition, so a change costs one write.
 */
package chat.parley.personal;
