/**
 * The {@code verify} command's inside: compares what the stores hold with what the log promises, on
 * a live system, and changes nothing.
 *
 * <p>The checks ({@link chat.parley.verify.LogWalk}, {@link chat.parley.verify.TwoContents}, {@code
 * *Check}) are fed rows and know no store. {@link chat.parley.verify.ConversationReading} reads for
 * them, in an order in which nothing that happens meanwhile can look like a fault:
 *
 * <ol>
 *   <li>the published mark, then how far the log certainly goes: a group that starts at n says that
 *       everything below n is committed. Up to this bound everything must be whole;
 *   <li>what follows from changes: bucket index, members, cursors. It is stored before the next
 *       group is begun, so up to the bound it must be there, and what is ahead of the bound must be
 *       in a row of the log that is read afterwards;
 *   <li>the log, bucket by bucket, and each bucket's send keys after its rows;
 *   <li>when every mark has been read, the end of the stream, then the stream up to there. What it
 *       has lost, before or during the read, its numbers tell while they are read.
 * </ol>
 *
 * <p>What then looks wrong is read again, all of it, from every replica; only what is wrong each
 * time is reported.
 */
package chat.parley.verify;
