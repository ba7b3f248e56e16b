/**
 * Delivered per device, read per user: cursors that only ever move forward.
 *
 * <pre>
 * delivered     ((user_id), conversation_id, device_id) -> change_seq, seq     TIMESTAMP = change_seq
 * read_cursors  ((user_id), conversation_id)            -> seq                 TIMESTAMP = seq
 * </pre>
 *
 * <p>One partition a user in both tables, so that all moves of one user are one mutation. The
 * conversation comes before the device: "how far is this user here" is then one slice for each
 * member of a conversation, asked often, while "where is this device everywhere", asked once a
 * connection, filters one partition.
 *
 * <p>A cell's timestamp is the cursor: an older move that arrives later loses, a repeated one
 * changes nothing. {@code change_seq} and {@code seq} of one row carry the same timestamp and
 * always belong together, because a change's number has one seq for ever.
 */
package chat.parley.cursor;
